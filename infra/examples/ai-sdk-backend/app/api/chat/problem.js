// What the page says of an error. The gateway's README lists the codes under "Errors".
const SENTENCES = {
  end_user_blocked: 'You may not use this app any more.',
  model_not_allowed: 'You may not use this model.',
  upstream_overloaded: 'The model is busy.',
  upstream_incomplete: 'The answer broke off.',
  upstream_timeout: 'The model took too long.',
};

const LIMITS = {
  end_user: 'You have reached your limit.',
  tenant: 'The users of this app together have reached its limit.',
};

const timeText = (seconds) => {
  if (seconds <= 120) return `${seconds} s`;
  return seconds <= 7200 ? `${Math.ceil(seconds / 60)} min` : `${Math.ceil(seconds / 3600)} h`;
};

// The gateway's error object is in a refused call's `data.error`; after a stream has begun, it is the error itself.
const factsOf = (error) => {
  const { statusCode: status, responseHeaders: headers = {} } = error;
  const { code } = error.data?.error ?? error;
  return { status, code, headers };
};

const sentence = ({ status, code, headers }) => {
  if (status === 429 || status === 402) {
    return LIMITS[headers['x-chatgate-limit-scope']] ?? 'A limit is reached.';
  }
  if (SENTENCES[code]) return SENTENCES[code];
  if (status === 400 || status === 413) return 'This conversation cannot be continued; it may be too long.';
  return status === 403 ? 'This is not allowed.' : 'Something failed here.';
};

// A sentence for the reader, without anything that only this server should know.
export const explained = (error) => {
  const facts = factsOf(error);
  const retryAfter = Number(facts.headers['retry-after'] ?? 0);
  const requestId = facts.headers['x-request-id'];
  return [
    sentence(facts),
    retryAfter > 0 && `It goes on in ${timeText(retryAfter)}.`,
    requestId && `Request ${requestId}.`,
  ]
    .filter(Boolean)
    .join(' ');
};

// A line for this server's log, without the question.
export const logged = (error) => {
  const { status, code, headers } = factsOf(error);
  return `chat failed: ${status ?? ''} ${code ?? ''} ${headers['x-request-id'] ?? ''} ${error.message}`;
};
