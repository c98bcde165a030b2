'use client';

// The page: sign in, ask, stop, and see what went wrong.
import { useChat } from '@ai-sdk/react';
import { useState } from 'react';

import { signIn } from './login.js';

export default function Page() {
  const [name, setName] = useState('');
  const submit = (event) => {
    event.preventDefault();
    const name = new FormData(event.target).get('name');
    signIn(name);
    setName(name);
  };
  if (name) return <Chat name={name} />;
  return (
    <form onSubmit={submit}>
      <label>
        Your name <input name="name" required pattern="[\w\-]{1,64}" autoComplete="username" />
      </label>
      <button>Sign in</button>
    </form>
  );
}

function Chat({ name }) {
  const { messages, sendMessage, regenerate, stop, status, error } = useChat();
  const isBusy = status === 'submitted' || status === 'streaming';
  const submit = (event) => {
    event.preventDefault();
    sendMessage({ text: new FormData(event.target).get('question') });
    event.target.reset();
  };
  return (
    <>
      <p>Signed in as {name}.</p>
      <section role="log" aria-label="Conversation" aria-busy={isBusy}>
        {messages.map(({ id, role, parts }) => (
          <p key={id} className={role}>
            {parts.map((part) => (part.type === 'text' ? part.text : ''))}
          </p>
        ))}
      </section>
      {error && (
        <div className="problem">
          <p role="alert">{error instanceof TypeError ? 'The connection failed.' : error.message}</p>
          <button type="button" onClick={() => regenerate()}>
            Ask again
          </button>
        </div>
      )}
      <form onSubmit={submit}>
        <label>
          Your question <input name="question" required autoComplete="off" />
        </label>
        <button disabled={isBusy}>Ask</button>
        <button type="button" disabled={!isBusy} onClick={() => stop()}>
          Stop
        </button>
      </form>
    </>
  );
}
