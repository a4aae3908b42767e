import Gauge from '@lucide/svelte/icons/gauge';
import ListOrdered from '@lucide/svelte/icons/list-ordered';
import Settings from '@lucide/svelte/icons/settings-2';
import type { PageId } from './pages';

export const icons: Record<PageId, typeof Gauge> = {
  now: Gauge,
  queues: ListOrdered,
  settings: Settings,
};
