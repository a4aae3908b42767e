import type { Schemas } from '../../api/client';

export interface Template {
  name: Schemas['TemplateWord'];
  /** What it sets, in words. */
  sets: string;
  sample?: boolean;
}

/** In the order of the original. */
export const TEMPLATES: readonly Template[] = [
  {
    name: 'User Originated Immediate',
    sets: 'The customer is given a number and calls at once: _call_direction is USERORIGINATED.',
  },
  {
    name: 'User Originated Delayed',
    sets: 'The customer is given a number once an agent is free: USERORIGINATED, _wait_for_agent is true.',
  },
  {
    name: 'User Terminated Immediate',
    sets: 'The customer is called at once: _call_direction is USERTERMINATED.',
  },
  {
    name: 'User Terminated Delayed',
    sets: 'The customer is called once an agent is free: USERTERMINATED, _wait_for_agent is true.',
  },
  {
    name: 'User Terminated Preview',
    sets: 'An agent looks at the callback first, and the customer is called when it is accepted: _agent_preview is true.',
  },
  { name: 'Chat Immediate', sets: 'The customer opens a chat at once: _media_type is chat.' },
  {
    name: 'Chat Delayed',
    sets: 'The customer is invited to a chat once an agent is free: chat, _wait_for_agent is true.',
  },
  {
    name: 'IVR Classic Callback',
    sets: 'The callback of the IVR sample: the customer keeps the place in the queue and is called when it is due.',
    sample: true,
  },
];
