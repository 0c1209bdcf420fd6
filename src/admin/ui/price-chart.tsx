import { useEffect, useRef, useState } from 'react'
import uPlot from 'uplot'
import { moneyText } from '../format/money.ts'
import { dateText, instantText } from '../format/time.ts'

export interface PriceChartData {
  /** Seconds, ascending. */
  times: number[]
  /** Null: on request. */
  prices: (number | null)[]
  currency: string | null
}

const heightPx = 220
const daySeconds = 24 * 60 * 60
const pointsMax = 60
/** Prices that came within minutes can be told apart, too. */
const spanMinSeconds = 60

/**
 * A price over time, in steps: it holds until the next one. Above it stands what it is now, or was where it is pointed
 * at. What it says stands in the table below it, too.
 */
export function PriceChart({ chart }: { chart: PriceChartData }) {
  const frame = useRef<HTMLDivElement>(null)
  /** Which of the points is pointed at; null: none. */
  const [pointed, setPointed] = useState<number | null>(null)
  const { times, prices, currency } = chart
  const key = JSON.stringify(chart)

  useEffect(() => {
    const { current } = frame
    if (current === null) return
    // The last price holds until today.
    const given: PriceChartData = JSON.parse(key)
    const xs = [...given.times, endOf(given.times)]
    const ys = [...given.prices, given.prices.at(-1) ?? null]
    let plot: uPlot | null = null
    const draw = () => {
      plot?.destroy()
      plot = new uPlot(options(current, xs, setPointed), [xs, ys], current)
    }
    draw()
    const resized = new ResizeObserver(() => plot?.setSize({ width: current.clientWidth, height: heightPx }))
    resized.observe(current)
    // A canvas does not know of light and dark: it is drawn anew.
    const scheme = matchMedia('(prefers-color-scheme: dark)')
    scheme.addEventListener('change', draw)
    const chosen = new MutationObserver(draw)
    chosen.observe(document.documentElement, { attributeFilter: ['data-theme'] })
    return () => {
      resized.disconnect()
      chosen.disconnect()
      scheme.removeEventListener('change', draw)
      plot?.destroy()
    }
  }, [key])

  return (
    <>
      <Pointed chart={chart} at={pointed} />
      <div
        ref={frame}
        role="img"
        aria-label={spoken(times, prices, currency)}
        className="w-full text-muted"
      />
    </>
  )
}

/** Until when the last price holds: today, and so long that what came before can be told apart. */
function endOf(times: readonly number[]): number {
  const [first = 0] = times
  return Math.max(Date.now() / 1000, (times.at(-1) ?? 0) + 1, first + spanMinSeconds)
}

/** The price that is pointed at, or the one that holds now. @param at null: nothing is pointed at */
function Pointed({ chart: { times, prices, currency }, at }: { chart: PriceChartData; at: number | null }) {
  // Behind the last price comes today, at which it still holds.
  const index = at === null ? times.length - 1 : Math.min(at, times.length - 1)
  const [since, price] = [times[index], prices[index]]
  if (since === undefined) return null
  return (
    <p aria-hidden="true" className="mb-1 flex items-baseline gap-2 text-sm text-muted">
      <span className="text-base font-semibold text-ink">
        {price == null ? 'on request' : moneyText(String(price), currency)}
      </span>
      {at !== null && index < times.length - 1 ? 'from' : 'since'} {instantText(new Date(since * 1000))}
    </p>
  )
}

function options(
  frame: HTMLElement,
  times: readonly number[],
  onPoint: (index: number | null) => void,
): uPlot.Options {
  const colour = (name: string) => resolved(frame, `var(--color-${name})`)
  const axis = {
    stroke: colour('muted'),
    grid: { stroke: colour('line'), width: 1 },
    ticks: { stroke: colour('line'), width: 1 },
    font: '12px system-ui, sans-serif',
  }
  return {
    width: frame.clientWidth,
    height: heightPx,
    padding: [8, 12, 0, 0],
    cursor: { drag: { x: true, y: false } },
    legend: { show: false },
    hooks: { setCursor: [({ cursor: { idx } }) => onPoint(idx ?? null)] },
    scales: {
      x: { range: (_, from, to) => [from, to] },
      y: { range: (_, low, high) => ranged(low, high) },
    },
    axes: [
      {
        ...axis,
        space: 90,
        values: (_, ticks, _axis, _space, step) => ticks.map((time) => tick(time, step)),
      },
      { ...axis, size: 64 },
    ],
    series: [
      {},
      {
        stroke: colour('accent'),
        fill: colour('accent-soft'),
        width: 2,
        ...(uPlot.paths.stepped && { paths: uPlot.paths.stepped({ align: 1 }) }),
        // The last of them is today, at which nothing was written.
        points: {
          // Of many the line is enough.
          show: times.length <= pointsMax,
          size: 6,
          fill: colour('surface'),
          filter: (_, _series, isShown) => (isShown ? times.slice(0, -1).map((_, index) => index) : []),
        },
      },
    ],
  }
}

/** What stands at the axis: the day, or the time of day where days are wide. */
function tick(time: number, step: number): string {
  const at = new Date(time * 1000)
  return step < daySeconds
    ? new Intl.DateTimeFormat(undefined, {
        hour: 'numeric',
        minute: '2-digit',
        ...(step < spanMinSeconds && { second: '2-digit' }),
      }).format(at)
    : new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' }).format(at)
}

/** A little room above and below; prices that do not move are in the middle. */
function ranged(low: number | null, high: number | null): [number, number] {
  if (low === null || high === null) return [0, 1]
  const room = Math.max((high - low) * 0.15, high * 0.02, 0.01)
  return [Math.max(0, low - room), high + room]
}

/** What a colour of the style sheet is where an element stands: a canvas takes no variables. */
function resolved(frame: HTMLElement, value: string): string {
  const probe = document.createElement('span')
  probe.style.color = value
  frame.append(probe)
  const { color } = getComputedStyle(probe)
  probe.remove()
  return color
}

function spoken(
  times: readonly number[],
  prices: readonly (number | null)[],
  currency: string | null,
): string {
  const known = prices.filter((price) => price !== null)
  const [first, last] = [times[0], known.at(-1)]
  if (first === undefined || last === undefined) return 'Chart of the price: it never had one.'
  const text = (price: number) => moneyText(String(price), currency)
  return `Chart of the price since ${dateText(new Date(first * 1000))}: from ${text(Math.min(...known))} to ${text(Math.max(...known))}, now ${text(last)}.`
}
