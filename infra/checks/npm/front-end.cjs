// The code that infra/front-ends.md shows for the npm library `openai`.
'use strict';

const OpenAI = require('openai');

exports.chatOf = (baseURL, apiKey) => {
  const client = new OpenAI({ baseURL, apiKey, maxRetries: 0 }); // in a page also: dangerouslyAllowBrowser: true

  const chat = async (model, messages, { signal, show }) => {
    let text = '';
    try {
      const stream = await client.chat.completions.create({ model, messages, max_tokens: 500, stream: true }, { signal });
      for await (const chunk of stream) show((text += chunk.choices[0]?.delta?.content ?? ''));
      return { text, stopped: signal.aborted };
    } catch (error) {
      return { text, ...explained(error) };
    }
  };
  return chat;
};

const explained = (error) => {
  if (error instanceof OpenAI.APIUserAbortError) return { stopped: true };
  const seconds = Number(error.headers?.get('retry-after') ?? 0);
  if (error.code === 'insufficient_quota') {
    return { say: `Your limit is used up until ${new Date(Date.now() + seconds * 1000).toLocaleString()}.` };
  }
  if (seconds > 0) return { say: `Busy. You can ask again in ${seconds} seconds.`, seconds };
  return { say: 'That did not work. You can ask again.', requestId: error.requestID };
};

exports.explained = explained;
