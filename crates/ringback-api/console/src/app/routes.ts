import { wrap } from 'svelte-spa-router/wrap';
import Missing from './Missing.svelte';

/** Each page is a file of its own, which comes when it is opened. */
export const routes = {
  '/': wrap({ asyncComponent: () => import('../pages/now/Now.svelte') }),
  '/now': wrap({ asyncComponent: () => import('../pages/now/Now.svelte') }),
  '/queues': wrap({ asyncComponent: () => import('../pages/queues/Queues.svelte') }),
  '/queues/:queue': wrap({ asyncComponent: () => import('../pages/queues/Queue.svelte') }),
  '/callbacks': wrap({ asyncComponent: () => import('../pages/callbacks/Callbacks.svelte') }),
  '/callbacks/:id': wrap({ asyncComponent: () => import('../pages/callbacks/Callback.svelte') }),
  '/agents': wrap({ asyncComponent: () => import('../pages/agents/Agents.svelte') }),
  '/desk': wrap({ asyncComponent: () => import('../pages/desk/DeskPage.svelte') }),
  '/desk/:agent': wrap({ asyncComponent: () => import('../pages/desk/DeskPage.svelte') }),
  '/services': wrap({ asyncComponent: () => import('../pages/services/Services.svelte') }),
  '/services/:service': wrap({ asyncComponent: () => import('../pages/services/Service.svelte') }),
  '/settings': wrap({ asyncComponent: () => import('../pages/settings/Settings.svelte') }),
  '*': Missing,
};
