// What the pages of the tests share.
import OpenAI from 'openai';

// The bundle may be minified, so a class is identified by its exported name.
const className = (error) =>
  Object.getOwnPropertyNames(OpenAI).find((name) => OpenAI[name] === error.constructor) ?? error.name;

export const readable = (headers) => Object.fromEntries(headers?.entries() ?? []);

// What a call returned, or what the page can read of its error.
export const failure = async (call) => {
  try {
    return { class: 'none', ...(await call()) };
  } catch (error) {
    const { status, code, param, type, requestID, message } = error;
    return { class: className(error), status, code, param, type, requestID, message, headers: readable(error.headers) };
  }
};
