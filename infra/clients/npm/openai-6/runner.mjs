// OpenAI's library for JavaScript, major 6.
import OpenAI from 'openai';
import { runOpenAi } from './openai.mjs';

runOpenAi(OpenAI, {
  reasoning: 'ok; *helper* loses reasoning',
  'retry-rate': '2 calls, waits as told',
  'retry-quota': '1 call',
  'retry-500': '1 call',
  'retry-inside': '1 call',
  'no-choices': 'ok; *helper* throws OpenAIError',
  ping: 'throws SyntaxError; *helper* throws OpenAIError',
  'empty-data': 'throws SyntaxError; *helper* throws OpenAIError',
});
