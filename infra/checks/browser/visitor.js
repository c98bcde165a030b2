// What a visitor of an example's page does and sees. The test runs this script in the page, then its cases.
const MOST_MILLIS = 60_000;

const all = (selector) => [...document.querySelectorAll(selector)];
const texts = (selector) => all(selector).map((element) => element.textContent).filter(Boolean);
const button = (name) => all('button').find(({ textContent }) => textContent === name);
const isBusy = () => document.querySelector('[role=log]')?.ariaBusy === 'true';
const lastAnswer = () => texts('[role=log] .assistant').at(-1) ?? '';

const pause = (millis) => new Promise((resolve) => setTimeout(resolve, millis));

const until = async (condition, what) => {
  const giveUpAt = performance.now() + MOST_MILLIS;
  while (!condition()) {
    if (performance.now() > giveUpAt) throw new Error(`${what} did not come: ${document.body.innerText}`);
    await pause(20);
  }
};

const submit = (field, value) => {
  const input = document.querySelector(`input[name=${field}]`);
  input.value = value;
  input.form.requestSubmit();
};

const press = (name) => {
  if (button(name).disabled) throw new Error(`${name} cannot be pressed`);
  button(name).click();
};

const seen = () => ({
  questions: texts('[role=log] .user'),
  answers: texts('[role=log] .assistant'),
  problem: texts('[role=alert]').join(' '),
  timer: texts('[role=timer]').join(' '),
  warnings: texts('[role=status]'),
  request: texts('small').join(' '),
  buttons: all('button').filter(({ disabled }) => !disabled).map(({ textContent }) => textContent),
  unlabelled: all('input').filter(({ labels }) => labels.length === 0).length,
  origins: [...new Set(performance.getEntriesByType('resource').map(({ name }) => new URL(name).origin))],
});

// Does something that starts a call, and returns what is seen after the call, and in how many pieces the text came.
const call = async (start, meanwhile = async () => {}) => {
  let wasBusy = false;
  const lengths = new Set();
  const observer = new MutationObserver(() => {
    wasBusy ||= isBusy();
    if (isBusy() && lastAnswer()) lengths.add(lastAnswer().length);
  });
  observer.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
  start();
  await until(() => wasBusy, 'a call');
  await meanwhile();
  await until(() => !isBusy(), 'the end of the call');
  observer.disconnect();
  return { ...seen(), pieces: lengths.size };
};

globalThis.cases = {
  async signIn({ name }) {
    await until(() => button('Sign in'), 'the form');
    submit('name', name);
    await until(() => button('Ask'), 'the chat');
  },

  async ask({ question }) {
    return call(() => submit('question', question));
  },

  async askAgain() {
    await until(() => !button('Ask again').disabled, 'the time to ask again');
    return call(() => press('Ask again'));
  },

  // Presses Stop at the first text, and looks again after the model would have sent more.
  async askAndStop({ question, moreAfterMillis }) {
    const stop = async () => {
      await until(lastAnswer, 'some text');
      press('Stop');
    };
    const stopped = await call(() => submit('question', question), stop);
    await pause(moreAfterMillis);
    return { ...stopped, later: lastAnswer() };
  },

  async look() {
    return seen();
  },
};
