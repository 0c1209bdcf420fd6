import { isRight } from './list-score.ts'
import type { Score } from './score.ts'

/** The figures that count, by "group/file" and name; whole numbers only, the same on every machine. */
export interface Figures {
  readonly [file: string]: { readonly [figure: string]: number }
}

/** Of these, fewer are better; of all others, more. */
const burdens: ReadonlySet<string> = new Set(['fieldsWrong', 'countsOff', 'silentlyWrong', 'crashed'])

/** A figure that differs from the golden copy. */
export interface Change {
  readonly file: string
  readonly figure: string
  readonly golden: number
  readonly found: number
}

export interface Comparison {
  readonly worse: readonly Change[]
  readonly better: readonly Change[]
  /** Files that the golden copy does not know. */
  readonly fresh: readonly string[]
}

/** The figures of a score, in the order of the files' names. */
export function figuresOf({ lists, pdfs, workbooks, csv }: Score): Figures {
  const entries = [
    ...lists.map((list) => {
      const counts = [list.items, list.priced, list.rejected]
      return [
        `${list.set}/${list.file}`,
        {
          right: Number(isRight(list)),
          verdictRight: Number(list.verdict === 'right'),
          headerRight: Number(list.isHeaderRight),
          fieldsWrong: list.wrongFields.length,
          countsOff: counts.filter((count) => !count.isRight).length,
          samplesRight: list.samples.right,
          silentlyWrong: list.silentlyWrong,
          crashed: Number(list.found === 'crash'),
        },
      ] as const
    }),
    ...pdfs.map(({ set, file, right }) => [`${set}/${file}`, { rowsRight: right }] as const),
    ...workbooks.map(
      ({ file, refused, same }) =>
        [
          `workbooks/${file}`,
          { opened: Number(refused === null), cellsSame: same, crashed: Number(refused === 'crash') },
        ] as const,
    ),
    ...csv.map(({ file, right }) => [`csv/${file}`, { right: Number(right) }] as const),
  ]
  return Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)))
}

/** What got worse and what better. Files that were not scored this time are left out. */
export function compareFigures(golden: Figures, found: Figures): Comparison {
  const changes = Object.entries(found).flatMap(([file, figures]) =>
    Object.entries(figures).flatMap(([figure, value]): Change[] => {
      const before = golden[file]?.[figure]
      return before === undefined || before === value ? [] : [{ file, figure, golden: before, found: value }]
    }),
  )
  const isWorse = ({ figure, golden, found }: Change) =>
    burdens.has(figure) ? found > golden : found < golden
  return {
    worse: changes.filter(isWorse),
    better: changes.filter((change) => !isWorse(change)),
    fresh: Object.keys(found).filter((file) => golden[file] === undefined),
  }
}

/** What to say of a comparison; empty where the golden copy says just this. */
export function comparisonText({ worse, better, fresh }: Comparison): string {
  const lines = (title: string, changes: readonly Change[]) =>
    changes.length === 0
      ? []
      : [
          title,
          ...changes.map(({ file, figure, golden, found }) => `  ${file}: ${figure} ${golden} → ${found}`),
        ]
  const hint = worse.length === 0 && (better.length > 0 || fresh.length > 0)
  return [
    ...lines('Worse than the golden copy:', worse),
    ...lines('Better than the golden copy:', better),
    ...(fresh.length === 0 ? [] : ['Not in the golden copy:', ...fresh.map((file) => `  ${file}`)]),
    ...(hint ? ['scripts/score --update keeps these figures.'] : []),
  ].join('\n')
}

/** One line a file, so that a change of one file is a change of one line. */
export function figuresText(figures: Figures): string {
  const lines = Object.entries(figures).map(
    ([file, each]) => ` ${JSON.stringify(file)}: ${JSON.stringify(each)}`,
  )
  return `{\n${lines.join(',\n')}\n}\n`
}
