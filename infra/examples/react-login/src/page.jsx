// The page: sign in, ask, stop, and see what went wrong.
import { useEffect, useRef, useState } from 'react';
import { createRoot } from 'react-dom/client';

import { ask } from './chat.js';
import { signIn, signOut } from './login.js';
import { explained, timeText, warnings } from './problem.js';

function App() {
  const [name, setName] = useState('');
  const leave = () => {
    signOut();
    setName('');
  };
  return name ? <Chat name={name} onLeave={leave} /> : <SignIn onDone={setName} />;
}

function SignIn({ onDone }) {
  const [problem, setProblem] = useState('');
  const submit = async (event) => {
    event.preventDefault();
    const name = new FormData(event.target).get('name');
    try {
      await signIn(name);
      onDone(name);
    } catch (error) {
      setProblem(error.message);
    }
  };
  return (
    <form onSubmit={submit}>
      <label>
        Your name <input name="name" required pattern="[\w\-]{1,64}" autoComplete="username" />
      </label>
      <button>Sign in</button>
      <p role="alert">{problem}</p>
    </form>
  );
}

function Chat({ name, onLeave }) {
  const [turns, setTurns] = useState([]);
  const [warning, setWarning] = useState(null);
  const [problem, setProblem] = useState(null);
  const [isBusy, setIsBusy] = useState(false);
  const running = useRef(null);

  // Asks the last question of `asked`. What has arrived of the answer stays, whatever happens then.
  const answer = async (asked) => {
    running.current = new AbortController();
    const { signal } = running.current;
    let content = '';
    const onText = (piece) => {
      content += piece;
      setTurns([...asked, { role: 'assistant', content }]);
    };
    setTurns(asked);
    setProblem(null);
    setIsBusy(true);
    try {
      await ask(asked, { signal, onWarning: setWarning, onText });
    } catch (error) {
      if (!signal.aborted) setProblem(explained(error));
    }
    setIsBusy(false);
  };

  const submit = (event) => {
    event.preventDefault();
    const question = { role: 'user', content: new FormData(event.target).get('question') };
    event.target.reset();
    answer([...turns, question]);
  };

  const askAgain = () => answer(turns.slice(0, turns.findLastIndex(({ role }) => role === 'user') + 1));

  return (
    <>
      <p>
        Signed in as {name}.{' '}
        <button type="button" onClick={onLeave} disabled={isBusy}>
          Sign out
        </button>
      </p>
      <section role="log" aria-label="Conversation" aria-busy={isBusy}>
        {turns.map(({ role, content }, index) => (
          <p key={index} className={role}>
            {content}
          </p>
        ))}
      </section>
      {problem && <Problem problem={problem} onAskAgain={askAgain} onSignIn={onLeave} />}
      <form onSubmit={submit}>
        <label>
          Your question <input name="question" required autoComplete="off" />
        </label>
        <button disabled={isBusy}>Ask</button>
        <button type="button" disabled={!isBusy} onClick={() => running.current.abort()}>
          Stop
        </button>
      </form>
      {warnings(warning).map((text) => (
        <p key={text} role="status">
          {text}
        </p>
      ))}
    </>
  );
}

function Problem({ problem, onAskAgain, onSignIn }) {
  const seconds = useSecondsUntil(problem.goesOnAt);
  return (
    <div className="problem">
      <p role="alert">{problem.sentence}</p>
      {seconds > 0 && <p role="timer">It goes on in {timeText(seconds)}.</p>}
      {problem.askAgain && (
        <button type="button" disabled={seconds > 0} onClick={onAskAgain}>
          Ask again
        </button>
      )}
      {problem.signInAgain && (
        <button type="button" onClick={onSignIn}>
          Sign in again
        </button>
      )}
      {problem.requestId && <small>Request {problem.requestId}</small>}
    </div>
  );
}

function useSecondsUntil(time) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, [time]);
  return Math.max(0, Math.ceil((time - now) / 1000));
}

createRoot(document.getElementById('root')).render(<App />);
