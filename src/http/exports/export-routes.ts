import type { TSchema } from '@sinclair/typebox'
import { type AnyElysia, Elysia } from 'elysia'
import type { Who } from '../../auth/who.ts'
import { attachment } from '../../lib/attachment.ts'
import type { Clock } from '../../lib/clock.ts'
import { UnavailableError } from '../../lib/errors.ts'
import type { Logger } from '../../lib/log.ts'
import { Problem } from '../../lib/problem.ts'
import { t } from '../../lib/schema.ts'
import { choiceField, fileAnswer, flagField } from '../fields.ts'
import { longAnswer } from '../long-answer.ts'
import { openPlaces } from '../places.ts'
import { byteStream } from './byte-stream.ts'
import { type Column, columnsOf } from './columns.ts'
import { type ExportList, exportLists } from './lists.ts'
import { openList } from './pages.ts'
import { csvText, delimiters, jsonText, ndjsonText, type TextWriter } from './write-text.ts'
import { writeWorkbook } from './write-workbook.ts'

export const exportFormats = ['csv', 'xlsx', 'json', 'ndjson'] as const
export type ExportFormat = (typeof exportFormats)[number]

/** Most exports at the same time, and of one user: each reads pages for as long as its reader takes them. */
const exportsMax = 8
const ownExportsMax = 2
/** Rows a page, where the list takes as many: what is written in one go, so that others wait a few ms at most. */
const pageRows = 500

const contentTypes: Record<ExportFormat, string> = {
  csv: 'text/csv',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  json: 'application/json',
  ndjson: 'application/x-ndjson',
}

const ownFields = {
  format: choiceField('format', exportFormats, 'csv unless said.'),
  delimiter: choiceField(
    'delimiter',
    ['comma', 'semicolon', 'tab'],
    'What parts the cells of CSV; comma unless said.',
  ),
  bom: flagField('bom', 'Begin CSV with a byte order mark, by which Excel knows UTF-8.'),
}

export interface ExportParts {
  /** The lists' own routes. */
  routes: AnyElysia
  /** Answers a request as the API would, for whoever asks for the export. */
  ask(request: Request): Promise<Response>
  who: Who
  clock: Clock
  log: Logger
}

/** Lists as files: a route for each list that can be exported, with its filters and for those who may see it. */
export function exportRoutes({ routes, ask, who, clock, log }: ExportParts): AnyElysia {
  const places = openPlaces({
    who,
    perAsker: ownExportsMax,
    inAll: { max: exportsMax, refusal: tooMany },
    what: 'exports',
  })
  let exported: AnyElysia = new Elysia({ prefix: '/api/v1/exports' })

  for (const list of exportLists) {
    const known = listRoute(routes, list)
    const { columns, limit } = known
    exported = exported.get(
      list.path,
      async ({ request, query, set, server }) => {
        const { format = 'csv', delimiter = 'comma', bom = false } = query as Options // As its schema says.
        const isOver = places.take(request)
        try {
          const asker = who.of(request)
          const opened = await openList({ url: listUrl(request), rows: list.rows, limit }, async (url) => {
            const inner = new Request(url.href)
            who.is(inner, asker)
            return ask(inner)
          })
          if ('refused' in opened) {
            isOver()
            return opened.refused
          }
          const pages = (async function* () {
            yield opened.first
            yield* opened.further
          })()
          const name = fileName(list, request, clock.now())
          set.headers['content-disposition'] = attachment(`${name}.${format}`)
          set.headers['content-type'] = format === 'csv' ? 'text/csv; charset=utf-8' : contentTypes[format]
          const file = byteStream(
            async (write) => {
              if (format === 'xlsx')
                return writeWorkbook(columns, pages, { sheetName: list.rows, sink: write })
              await writeText(textWriter(format, columns, { delimiter, hasMark: bom }), pages, write)
            },
            (error) => {
              isOver()
              if (error !== null) log.warn('an export was cut off', { list: list.path, error })
            },
          )
          // Of what nobody wants to read one page may still be under way.
          if (request.method === 'HEAD') isOver()
          return longAnswer(file, { request, server, who, isWhole: false })
        } catch (error) {
          isOver()
          throw error
        }
      },
      {
        ...(known.params && { params: known.params }),
        query: t.Object({ ...known.filters, ...ownFields }, { additionalProperties: false }),
        response: {
          200: fileAnswer(Object.values(contentTypes)),
          ...known.errors,
          422: Problem,
          429: Problem,
          503: Problem,
        },
        detail: {
          ...known.role,
          operationId: list.operationId,
          summary: `Export ${list.what}`,
          description:
            `All that \`GET /api/v1${template(list.path)}\` lists with the same filters, as a file: CSV, a workbook, one JSON array, or one JSON ` +
            'object a line. It is written as it is read: what is in the list all the time comes exactly once, each row as it is when its turn comes.',
          tags: known.tags,
        },
      },
    )
  }
  return exported
}

interface Options {
  format?: ExportFormat
  delimiter?: keyof typeof delimiters
  bom?: boolean
}

async function writeText(
  writer: TextWriter,
  pages: AsyncIterable<Record<string, unknown>[]>,
  write: (bytes: Uint8Array) => Promise<void>,
): Promise<void> {
  const encoder = new TextEncoder()
  let text = writer.begin()
  for await (const page of pages) {
    await write(encoder.encode(text + writer.page(page)))
    text = ''
  }
  const end = text + writer.end()
  if (end !== '') await write(encoder.encode(end))
}

function textWriter(
  format: Exclude<ExportFormat, 'xlsx'>,
  columns: readonly Column[],
  { delimiter, hasMark }: { delimiter: keyof typeof delimiters; hasMark: boolean },
): TextWriter {
  if (format === 'json') return jsonText()
  if (format === 'ndjson') return ndjsonText()
  return csvText(columns, { delimiter: delimiters[delimiter], hasMark })
}

/** What a list's own route says of it. */
function listRoute(routes: AnyElysia, { path, rows }: ExportList) {
  const route = routes.routes.find((each) => each.method === 'GET' && each.path === `/api/v1${path}`)
  if (route === undefined) throw new Error(`There is no list at ${path} to be exported.`)
  // What a route is made of, which Elysia's type does not say.
  const hooks = route.hooks as {
    query: TSchema
    params?: TSchema
    response: Record<string, TSchema>
    detail: { tags: string[]; 'x-role'?: string }
  }
  const { limit, cursor: _, ...filters } = hooks.query.properties as Record<string, TSchema>
  const { items: row } = hooks.response['200']!.properties[rows] as TSchema
  const role = hooks.detail['x-role']
  return {
    params: hooks.params,
    /** How the list refuses, its exports refuse. */
    errors: Object.fromEntries(Object.entries(hooks.response).filter(([status]) => Number(status) >= 400)),
    filters,
    columns: columnsOf(row as TSchema),
    limit: limit === undefined ? null : Math.min(pageRows, limitOf(limit)),
    tags: hooks.detail.tags,
    role: role === undefined ? {} : { 'x-role': role },
  }
}

/** Elysia's number of a query is "text like a number, or a number". */
function limitOf(schema: TSchema): number {
  const number = (schema.anyOf as TSchema[] | undefined)?.find(({ maximum }) => maximum !== undefined)
  const most = number?.maximum ?? schema.maximum
  if (typeof most !== 'number') throw new Error('A list that can be exported says how long a page may be.')
  return most
}

/** The address of the list that an export asks for. */
function listUrl({ url }: Request): URL {
  const address = new URL(url)
  const list = new URL(address.pathname.replace('/api/v1/exports/', '/api/v1/'), 'http://localhost')
  for (const [name, value] of address.searchParams)
    if (!(name in ownFields)) list.searchParams.append(name, value)
  return list
}

/** "/imports/:id/log" → "imports-019e0c1a-…-log-2026-11-22". */
function fileName({ path }: ExportList, { url }: Request, now: Date): string {
  const given = new URL(url).pathname.split('/').slice(4)
  const parts = path
    .split('/')
    .slice(1)
    .map((part, index) => (part.startsWith(':') ? named(given[index]) : part))
  return `${parts.join('-')}-${now.toISOString().slice(0, 10)}`
}

const named = (part = '') =>
  decodeURIComponent(part)
    .replace(/[^\w.-]+/g, '-')
    .slice(0, 80)
const template = (path: string) => path.replace(/:([^/]+)/g, '{$1}')

const tooMany = () =>
  new UnavailableError(
    'too_many_exports',
    `${exportsMax} exports are being written already; try again when one is done.`,
    { retryAfterMs: 5000 },
  )
