// The gateway's streaming door. For a deployment: StreamBaseUrl in the outputs of its stack.
export const baseURL = 'http://127.0.0.1:8081/openai/v1';

// A name in the address, such as /?model=local/cut, replaces the model: to rehearse errors on this machine.
export const model = new URLSearchParams(location.search).get('model') ?? 'local/chat';
