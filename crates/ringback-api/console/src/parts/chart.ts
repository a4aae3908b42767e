import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { minuteOfDay, zoneName, type Zone } from '../app/times';

interface Series {
  label: string;
  unit: string;
}

type Data = [number[], ...number[][]];
const HEIGHT = 190;

function colour(name: string): string {
  // A canvas knows no light-dark(): the browser says what it has made of it.
  const probe = document.createElement('span');
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

/** Draws series over time; the first on the left, the second on the right and dashed. */
export function draw(place: HTMLElement, series: readonly Series[], data: Data, zone: Zone) {
  const [text, line] = [colour('--quiet'), colour('--line')];
  const strokes = ['--accent', '--warn'].map(colour);
  const axis = {
    stroke: text,
    grid: { stroke: line, width: 1 },
    ticks: { stroke: line, width: 1 },
  };
  const chart = new uPlot(
    {
      width: Math.max(200, place.clientWidth),
      height: HEIGHT,
      ...(zone === 'utc'
        ? { tzDate: (at: number) => uPlot.tzDate(new Date(at * 1000), 'Etc/UTC') }
        : {}),
      cursor: { drag: { setScale: false } },
      scales: {
        // At least ten minutes, up to what came last.
        x: { range: (_, first, last) => [Math.min(first, last - 600), last] },
        ...Object.fromEntries(
          series.map((one) => [
            one.label,
            {
              range: (_: uPlot, _low: number, high: number): uPlot.Range.MinMax => [
                0,
                Math.max(1, high * 1.1),
              ],
            },
          ]),
        ),
      },
      axes: [
        {
          ...axis,
          label: zoneName(Date.now(), zone),
          labelSize: 18,
          values: (_: uPlot, at: number[]) => at.map((it) => minuteOfDay(it * 1000, zone)),
        },
        ...series.map((one, place) => ({
          ...axis,
          scale: one.label,
          side: place === 0 ? 3 : 1,
          grid: place === 0 ? axis.grid : { show: false },
          label: one.unit ? `${one.label}, ${one.unit}` : one.label,
          labelSize: 18,
          size: 42,
        })),
      ],
      series: [
        {},
        ...series.map((one, place) => ({
          label: one.label,
          scale: one.label,
          stroke: strokes[place % strokes.length] ?? text,
          width: 2,
          dash: place === 0 ? [] : [6, 4],
          points: { show: false },
        })),
      ],
      legend: { show: false },
    },
    data,
    place,
  );
  const watch = new ResizeObserver(() =>
    chart.setSize({ width: Math.max(200, place.clientWidth), height: HEIGHT }),
  );
  watch.observe(place);
  return {
    setData: (now: Data) => chart.setData(now),
    end: () => {
      watch.disconnect();
      chart.destroy();
    },
  };
}
