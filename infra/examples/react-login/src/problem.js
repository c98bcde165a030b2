// What the page says of an error. The gateway's README lists the codes under "Errors".
import { APIConnectionError, APIError } from 'openai';

const SENTENCES = {
  credential_expired: 'Your sign-in has expired.',
  invalid_api_key: 'Your sign-in is not accepted here.',
  end_user_blocked: 'You may not use this app any more.',
  model_not_allowed: 'You may not use this model.',
  origin_not_allowed: 'This site may not call the gateway.',
  upstream_overloaded: 'The model is busy.',
  upstream_incomplete: 'The answer broke off.',
  upstream_timeout: 'The model took too long.',
};

const LIMITS = {
  end_user: 'You have reached your limit.',
  tenant: 'The users of this app together have reached its limit.',
};

const sentence = (error) => {
  const { status, code, message } = error;
  if (status === 429 || status === 402) return LIMITS[error.headers.get('x-chatgate-limit-scope')] ?? message;
  if (SENTENCES[code]) return SENTENCES[code];
  if (status < 500) return message;
  if (error instanceof APIConnectionError || error instanceof TypeError) return 'The connection failed.';
  if (error instanceof APIError) return 'The model or the gateway failed.';
  return message;
};

// sentence: for the reader
// goesOnAt: from when on the question may be asked again, in milliseconds; 0: at once
// askAgain, signInAgain: whether that can help
// requestId: for questions to the operator
export const explained = (error) => {
  const { status, headers, requestID: requestId } = error;
  const retryAfter = Number(headers?.get('retry-after') ?? 0);
  return {
    sentence: sentence(error),
    goesOnAt: retryAfter === 0 ? 0 : Date.now() + retryAfter * 1000,
    askAgain: status === undefined || status >= 500 || retryAfter > 0,
    signInAgain: status === 401,
    requestId,
  };
};

export const timeText = (seconds) => {
  if (seconds <= 120) return `${seconds} s`;
  return seconds <= 7200 ? `${Math.ceil(seconds / 60)} min` : `${Math.ceil(seconds / 3600)} h`;
};

// Of a header such as "tokens_per_day=83, cost_per_month_usd=91": limits that are nearly used up, in percent.
export const warnings = (header) =>
  (header ?? '')
    .split(', ')
    .filter(Boolean)
    .map((each) => `${each.replace('=', ': ').replaceAll('_', ' ')} % used`);
