import Gauge from '@lucide/svelte/icons/gauge';
import ListOrdered from '@lucide/svelte/icons/list-ordered';
import Phone from '@lucide/svelte/icons/phone';
import Headset from '@lucide/svelte/icons/headset';
import Wrench from '@lucide/svelte/icons/wrench';
import Users from '@lucide/svelte/icons/users';
import Settings from '@lucide/svelte/icons/settings-2';
import type { PageId } from './pages';

export const icons: Record<PageId, typeof Gauge> = {
  now: Gauge,
  queues: ListOrdered,
  callbacks: Phone,
  agents: Users,
  desk: Headset,
  services: Wrench,
  settings: Settings,
};
