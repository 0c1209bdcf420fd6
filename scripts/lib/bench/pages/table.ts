import { median } from '../statistics.ts'
import type { FirstView } from './first-view.ts'
import type { Deed } from './items-page.ts'
import type { ListView } from './long-lists.ts'

/** Everything that was measured; what was left out is null. */
export interface PagesReport {
  /** "1,000,000 items on SQLite; …" */
  about: string
  first: FirstView | null
  items: Deed[] | null
  lists: ListView[] | null
}

/** As it is printed. */
export function reportText({ about, first, items, lists }: PagesReport): string {
  return [
    `${about}\n`,
    ...(first === null
      ? []
      : [
          '| the overview, until it can be used | median | slowest | times |',
          '|---|--:|--:|--:|',
          ...firstNames.map(([name, what]) => `| ${what} | ${times(first[name])} | ${first[name].length} |`),
          '',
        ]),
    ...(items === null
      ? []
      : [
          '| the page of items | answered: median | slowest | times | longest task | longest without a frame |',
          '|---|--:|--:|--:|--:|--:|',
          ...items.map(
            (deed) =>
              `| ${deed.name} | ${times(deed.answered)} | ${deed.answered.length || ''} | ${smoothness(deed)} |`,
          ),
          '',
        ]),
    ...(lists === null
      ? []
      : [
          '| list | opened: median | slowest | page turned: median | slowest | times | longest task | longest without a frame |',
          '|---|--:|--:|--:|--:|--:|--:|--:|',
          ...lists.map(
            (view) =>
              `| ${view.name} | ${times(view.opened)} | ${times(view.turned)} | ${view.turned.length || ''} | ${smoothness(view)} |`,
          ),
          '',
        ]),
  ].join('\n')
}

const firstNames = [
  ['started', 'browser just started'],
  ['empty', 'nothing in its cache'],
  ['warm', 'been there before'],
] as const

const ms = (value: number) => `${value.toFixed(0)} ms`

/** Two cells. */
const times = (values: readonly number[]) =>
  values.length === 0 ? ' | ' : `${ms(median(values))} | ${ms(Math.max(...values))}`

const smoothness = ({ longestTask, longestGap }: { longestTask: number; longestGap: number }) =>
  `${longestTask === 0 ? '< 50 ms' : ms(longestTask)} | ${ms(longestGap)}`
