// Uses the gateway's own page as a person does: by its fields and buttons. Each case returns what the person sees; the
// test that runs it checks the result. The page's policy allows no other script, so the browser's driver runs this one.
(() => {
  const by = (id) => document.getElementById(id);
  const shown = (element) => element !== null && element.checkVisibility();

  const until = async (what, test) => {
    const giveUpAt = performance.now() + 60_000;
    for (;;) {
      const found = test();
      if (found) return found;
      if (performance.now() > giveUpAt) throw new Error(`${what} did not happen`);
      await new Promise((next) => { setTimeout(next, 20); });
    }
  };

  const write = (id, text) => {
    by(id).value = text;
    by(id).dispatchEvent(new Event('input', { bubbles: true }));
    by(id).dispatchEvent(new Event('change', { bubbles: true }));
  };

  const texts = (root, selector) => [...root.querySelectorAll(selector)].map((found) => found.innerText);

  const lastAnswer = () => [...document.querySelectorAll('.turn:not(.user)')].at(-1);

  const seen = () => {
    const turn = lastAnswer();
    return {
      text: turn?.querySelector(':scope > .text')?.innerText ?? '',
      reasoning: turn?.querySelector('.reasoning .text')?.textContent ?? '',
      error: texts(turn, '.error').join(),
      facts: texts(turn, '.facts li'),
      notices: texts(turn, '.notice'),
      repeat: texts(turn, '.error button').join(),
      tools: texts(turn, '.tool'),
      turns: document.querySelectorAll('.turn').length,
    };
  };

  const ended = () => until('the end of the answer', () => !shown(by('stop')));

  globalThis.cases = {
    async signIn({ credential, user = '' }) {
      write('credential', credential);
      write('user', user);
      by('sign-in-button').click();
      await until('signing in', () => shown(by('session')) || shown(by('sign-in-error')));
      return {
        error: shown(by('sign-in-error')) ? by('sign-in-error').innerText : '',
        who: by('who').innerText,
        left: by('left').innerText,
        models: texts(by('model'), 'option'),
        field: by('credential').value,
      };
    },

    async send({ text, model, maxTokens = 50 }) {
      if (model) write('model', model);
      write('max-tokens', String(maxTokens));
      write('prompt', text);
      by('send').click();
      await ended();
      return seen();
    },

    // Sends, and returns as soon as the answer has begun.
    async begin({ text }) {
      const before = document.querySelectorAll('.turn').length;
      write('prompt', text);
      by('send').click();
      await until('the first token', () => document.querySelectorAll('.turn').length > before + 1 && seen().text !== '');
      return { ...seen(), stop: shown(by('stop')) };
    },

    async end() {
      await ended();
      return seen();
    },

    async stop() {
      by('stop').click();
      await ended();
      return seen();
    },

    async look() {
      return seen();
    },

    async askAgain() {
      const button = await until('the time to ask again', () =>
        [...lastAnswer().querySelectorAll('.error button')].find((one) => !one.disabled));
      button.click();
      await ended();
      return seen();
    },

    async sendToolResult({ result }) {
      const form = lastAnswer().querySelector('form.tools');
      form.querySelector('textarea').value = result;
      form.querySelector('button').click();
      await ended();
      return seen();
    },

    // Waits until the page asks for a credential once more.
    async sessionEnds() {
      await until('the end of the session', () => shown(by('sign-in')));
      return { text: by('sign-in-text').innerText, focus: document.activeElement.id, turns: document.querySelectorAll('.turn').length };
    },

    // The page's clock stands, so that only the gateway notices that a credential has expired.
    async stopClock() {
      const now = Date.now();
      Date.now = () => now;
      return {};
    },

    async usage() {
      by('to-usage').click();
      await until('the limits', () => by('limits').childElementCount > 0);
      return {
        title: by('limits-title').innerText,
        limits: texts(by('limits'), '.limit'),
        days: shown(by('by-day')) ? by('by-day').innerText : '',
        models: shown(by('by-model')) ? by('by-model').innerText : '',
        error: shown(by('usage-error')) ? by('usage-error').innerText : '',
      };
    },

    async back() {
      history.back();
      await until('the view before', () => shown(by('try')));
      return { turns: document.querySelectorAll('.turn').length, title: document.title };
    },

    async snippets() {
      const code = {};
      for (const button of by('languages').children) {
        button.click();
        code[button.innerText] = by('snippet').innerText;
      }
      return code;
    },

    async signOut() {
      by('sign-out').click();
      return { turns: document.querySelectorAll('.turn').length, signIn: shown(by('sign-in')) };
    },

    // Everything outside the page's variables in which a credential could be.
    async kept() {
      const databases = await indexedDB.databases();
      const caches = await globalThis.caches?.keys() ?? [];
      return {
        storage: JSON.stringify({ ...localStorage }) + JSON.stringify({ ...sessionStorage }) + document.cookie
          + databases.map(({ name }) => name).join() + caches.join() + JSON.stringify(history.state),
        urls: [location.href, document.referrer, ...performance.getEntries().map(({ name }) => name)].join(' '),
        page: document.documentElement.outerHTML + [...document.querySelectorAll('input, textarea')].map(({ value }) => value).join(' '),
      };
    },

    async foreign() {
      return performance.getEntriesByType('resource').map(({ name }) => name)
        .filter((name) => !name.startsWith(`${location.origin}/`));
    },

    // Elements that only markup in a text could have made, and what a script of it would have set.
    async injected() {
      return {
        elements: document.querySelectorAll('img, iframe, svg, object, embed, base, marquee, body script ~ script, a[href^="javascript"]').length,
        handlers: [...document.querySelectorAll('*')].filter((one) => [...one.attributes].some(({ name }) => name.startsWith('on'))).length,
        ran: globalThis.hacked === true || document.title.includes('hacked'),
      };
    },

    async layout() {
      const wide = document.documentElement.clientWidth;
      return {
        wide,
        scrolls: document.documentElement.scrollWidth,
        out: [...document.body.querySelectorAll('*')].filter((one) => shown(one) && !one.closest('pre, .scroll, .visually-hidden')
          && one.getBoundingClientRect().right > wide + 0.5).map((one) => `${one.tagName} ${one.className} ${one.innerText?.slice(0, 40)}`),
      };
    },
  };
})();
