import { type App, openApp } from '../app.ts'
import { NotFoundError } from '../lib/errors.ts'
import { deleteSupplier } from '../sources/delete-supplier.ts'
import { addSupplier, changeSupplier, type SupplierEdit } from '../suppliers/edit-supplier.ts'
import { type Supplier, supplierStore } from '../suppliers/store.ts'
import { UsageError } from './arguments.ts'
import { type Context, defineCommand, type ExitCode, exitCodes } from './command.ts'
import { printJson, printLine, printTable } from './output.ts'

/** `tallyman suppliers`. */
export const suppliers = defineCommand({
  name: 'suppliers',
  summary: 'List suppliers, show one, add, change or delete it',
  description:
    'A list or a source of an unknown supplier makes it by itself. "delete" takes its sources, its items and their prices\n' +
    'with it; --confirm has to say its name once more. "none" takes a currency, a country or a time zone back.',
  options: {
    name: { kind: 'text', placeholder: 'NAME', summary: 'With set: what it is called from now on' },
    currency: {
      kind: 'text',
      placeholder: 'CODE',
      summary: 'With add and set: what its lists mean where they do not say, as EUR; none',
    },
    country: { kind: 'text', placeholder: 'CODE', summary: 'With add and set: as DE; none' },
    timeZone: {
      kind: 'text',
      placeholder: 'ZONE',
      summary: 'With add and set: of the schedules of its sources, as Europe/Berlin; none',
    },
    analyzer: {
      kind: 'text',
      placeholder: 'WHETHER',
      choices: ['on', 'off', 'default'],
      summary: 'With add and set: whether its files go to the analyzer over HTTP',
    },
    confirm: { kind: 'text', placeholder: 'NAME', summary: 'With delete: its name, once more' },
  },
  positionals: {
    action: {
      placeholder: 'ACTION',
      summary: 'list (default), show, add, set or delete',
      choices: ['list', 'show', 'add', 'set', 'delete'],
    },
    supplier: { placeholder: 'SUPPLIER', summary: 'Its name, or its id' },
  },
  examples: [
    {
      line: 'tallyman suppliers set "Acme Ltd" --currency EUR --country DE',
      summary: 'what its lists do not say',
    },
    { line: 'tallyman suppliers delete "Acme Ltd" --confirm "Acme Ltd"', summary: 'and everything of it' },
  ],
  async run({ options, positionals }, context) {
    const { config, log, io } = context
    const action = positionals.action ?? 'list'
    const given = positionals.supplier
    const edit = editOf(options)
    const says = Object.keys(edit).length > 0
    if (action === 'list' && given !== null) throw new UsageError('suppliers list takes no name; "show" does')
    if (action !== 'list' && given === null)
      throw new UsageError(`which supplier? "suppliers ${action} NAME"`)
    if (says && action !== 'set' && action !== 'add') throw new UsageError('what it is goes with add and set')
    if (action === 'set' && !says) throw new UsageError('what of it? See "tallyman suppliers --help"')
    if (action === 'add' && edit.name !== undefined)
      throw new UsageError('the name goes behind "suppliers add"')
    if ((options.confirm !== null) !== (action === 'delete'))
      throw new UsageError(
        action === 'delete' ? 'say its name once more with --confirm' : '--confirm goes with delete',
      )
    const isRead = action === 'list' || action === 'show'
    const app = await openApp({ config, clock: io.clock, log, schema: isRead ? 'read' : 'write' })
    try {
      if (action === 'list') return list(context, await supplierStore(app.db).list())
      const change = { actor: app.parts.actor, at: io.clock.now() }
      if (action === 'add')
        return show(context, await addSupplier(app.db, { ...edit, name: given ?? '' }, change))
      const found = await supplierNamed(app, given ?? '')
      if (action === 'delete') return await remove(context, app, found, options.confirm ?? '')
      if (action === 'set') await changeSupplier(app.db, found.id, edit, change)
      return show(context, await supplierStore(app.db).get(found.id))
    } finally {
      await app.close()
    }
  },
})

function editOf(options: {
  name: string | null
  currency: string | null
  country: string | null
  timeZone: string | null
  analyzer: string | null
}): SupplierEdit {
  const { name, currency, country, timeZone, analyzer } = options
  const orNone = (text: string) => (text === 'none' ? null : text)
  return {
    ...(name !== null && { name }),
    ...(currency !== null && { currency: orNone(currency) }),
    ...(country !== null && { country: orNone(country) }),
    ...(timeZone !== null && { timeZone: orNone(timeZone) }),
    ...(analyzer !== null && { usesAnalyzer: analyzer === 'default' ? null : analyzer === 'on' }),
  }
}

/** @throws NotFoundError `unknown_supplier` */
async function supplierNamed({ db }: App, given: string): Promise<Supplier> {
  const store = supplierStore(db)
  const found = (await store.find(given)) ?? (await store.list()).find(({ id }) => id === given)
  if (found === undefined)
    throw new NotFoundError(
      'unknown_supplier',
      `There is no supplier "${given}"; "tallyman suppliers list" lists them.`,
    )
  return found
}

async function remove({ io, json }: Context, app: App, { id, name }: Supplier, confirmed: string) {
  const { sources, items, jobIds } = await deleteSupplier(app.parts, id, confirmed)
  await app.announce(jobIds)
  await app.announce(null)
  if (json) printJson(io, { id, sources, items })
  else printLine(io.stdout, `Supplier "${name}" is deleted, with ${sources} sources and ${items} items.`)
  return exitCodes.done
}

const view = ({ id, name, currency, country, timeZone, usesAnalyzer }: Supplier) => ({
  id,
  name,
  currency,
  country,
  timeZone,
  usesAnalyzer,
})

function list({ io, json }: Context, found: Supplier[]): ExitCode {
  if (json) printJson(io, { suppliers: found.map(view) })
  else if (found.length === 0) printLine(io.stdout, 'No suppliers.')
  else
    printTable(io.stdout, {
      columns: [
        { header: 'NAME', canShrink: true },
        { header: 'CURRENCY' },
        { header: 'COUNTRY' },
        { header: 'TIME ZONE' },
        { header: 'ANALYZER' },
        { header: 'ID' },
      ],
      rows: found.map(({ id, name, currency, country, timeZone, usesAnalyzer }) => [
        name,
        currency,
        country,
        timeZone,
        usesAnalyzer === null ? null : usesAnalyzer ? 'on' : 'off',
        id,
      ]),
    })
  return exitCodes.done
}

function show({ io, json }: Context, supplier: Supplier): ExitCode {
  if (json) {
    printJson(io, view(supplier))
    return exitCodes.done
  }
  const { id, name, currency, country, timeZone, usesAnalyzer } = supplier
  const analyzer = usesAnalyzer === null ? 'as the configuration says' : usesAnalyzer ? 'on' : 'off'
  printLine(io.stdout, `Supplier "${name}" (${id})`)
  printLine(io.stdout, `  Currency: ${currency ?? 'none'}`)
  printLine(io.stdout, `  Country: ${country ?? 'none'}`)
  printLine(io.stdout, `  Time zone: ${timeZone ?? 'none'}`)
  printLine(io.stdout, `  Analyzer: ${analyzer}`)
  return exitCodes.done
}
