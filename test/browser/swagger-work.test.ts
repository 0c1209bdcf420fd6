import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { offerSetup } from '../../src/auth/setup.ts'
import { browserProgram, openBrowser } from '../helpers/browser.ts'
import { openProgram } from '../helpers/cli.ts'
import { openService } from '../helpers/http-service.ts'
import { goodPassword } from '../helpers/logins.ts'
import { openUrl } from '../helpers/open-database.ts'
import { startRole } from '../helpers/roles.ts'
import { type Filled, openSwaggerPage, type Shown, type SwaggerPage } from '../helpers/swagger-page.ts'

setDefaultTimeout(900_000)

/** As suppliers write: a title, a section, German prices, a price on request and a row without a name. */
const messyList = `Preisliste Acme GmbH;;;
Stand 11/2026;;;
;;;
Art.-Nr.;Bezeichnung;EK;Einheit
Armaturen;;;
KH-20;"Kugelhahn DN 20; Messing";13,75;Stk
KH-25;Kugelhahn DN 25;1.018,90;Stk
KH-32;Kugelhahn DN 32;24,10;Stk
KH-40;Kugelhahn DN 40;31,–;Stk
KH-50;Kugelhahn DN 50;ca. vierzig;Stk
KH-65;Kugelhahn DN 65;58,20;Stk
KH-80;Kugelhahn DN 80;71,00;Stk
KH-90;Kugelhahn DN 90;82,00;Stk
KH-100;Kugelhahn DN 100;94,00;Stk
KH-125;Kugelhahn DN 125;118,00;Stk
KH-150;Kugelhahn DN 150;141,00;Stk
`
/** The same with every price ten times as high, which nobody publishes unseen. */
const tenfold = messyList.replace(/;(\d+),(\d)(\d?)/g, ';$1$2,$3')

/** A line for each click that matters, as somebody would tell what they did and saw. */
function clickLog(page: SwaggerPage) {
  const lines: string[] = []
  return {
    lines,
    say: (line: string) => void lines.push(line),
    /** @param tell what of the answer is worth a line */
    async click<Body>(
      operationId: string,
      filled: Filled,
      tell: (body: Body, shown: Shown) => string,
      isWanted?: (json: unknown) => boolean,
    ) {
      const shown = await page.execute(operationId, filled, isWanted)
      // What the test expects is what its lines say.
      const body = shown.json as Body
      lines.push(`${operationId}: ${shown.status} ${shown.status < 400 ? tell(body, shown) : codeOf(shown)}`)
      return body
    },
  }
}

const codeOf = ({ json }: Shown) => String(Object(json).code)

interface ImportBody {
  id: string
  supplier_id: string
  status: string
  hold_reasons: { code: string }[]
  changes: { price_up: number }
}
interface JobBody {
  job_id: string
  status: string
  error: { code: string } | null
}

describe.skipIf(browserProgram === null)('Swagger UI in a browser', () => {
  test('does the whole job with an API token, by clicks alone', async () => {
    await using program = await openProgram('sqlite')
    await program.run('migrate', 'up')
    await program.runWith({ input: goodPassword }, 'users', 'add', 'Ada', '--role', 'admin')
    const made = await program.run('tokens', 'add', '--user', 'Ada', '--name', 'Swagger', '--scope', 'admin')
    await using serve = await startRole(program, ['serve'], 'listening')
    const lists = {
      messy: await program.write('acme-november.csv', messyList),
      tenfold: await program.write('acme-december.csv', tenfold),
      none: await program.write('letter.csv', 'Dear customer,\nprices will follow.\n'),
    }
    await using browser = await openBrowser()
    const swagger = await openSwaggerPage(await browser.newPage(), String(serve.ready.url))
    const { lines, say, click } = clickLog(swagger)
    const seenThrough = (id: string) =>
      click<ImportBody>(
        'getImport',
        { parameters: { id } },
        ({ status, hold_reasons: reasons }) => `${status}${reasons.map(({ code }) => `, ${code}`).join('')}`,
        (json) => !['pending', 'running'].includes(String(Object(json).status)),
      )
    const upload = (file: string) =>
      click<ImportBody>('uploadFile', { parameters: { supplier: 'Acme' }, file }, ({ status }) => status)
    const nameOf = ({ name }: { name: string }) => name

    await swagger.authorize(made.out.trim())
    say('Authorize: the token is applied')
    await click('addSupplier', { json: { name: 'Acme', currency: 'EUR' } }, nameOf)
    const first = await upload(lists.messy)
    const { supplier_id: supplier } = await seenThrough(first.id)
    const second = await upload(lists.tenfold)
    await seenThrough(second.id)
    await click<{ counts: { price_up: number } }>(
      'getChanges',
      { parameters: { id: second.id } },
      ({ counts }) => `${counts.price_up} dearer`,
    )
    await click<ImportBody>('approveImport', { parameters: { id: second.id } }, ({ status }) => status)
    await seenThrough(second.id)

    const { items } = await click<{ items: { id: string; sku: string; price: string }[] }>(
      'listItems',
      { parameters: { supplier_id: supplier, limit: '2' } },
      (page) => page.items.map(({ sku, price }) => `${sku} ${price}`).join(', '),
    )
    await click<{ history: { price: string; raw: string; row: number }[] }>(
      'getHistory',
      { parameters: { id: items[0]!.id } },
      ({ history }) => history.map(({ price, raw, row }) => `${price} ("${raw}", row ${row + 1})`).join(', '),
    )
    await click(
      'downloadRejects',
      { parameters: { id: first.id, format: 'csv' } },
      (_, { file }) => `a file that says ${/ca\. vierzig/.exec(file ?? '')?.[0]}`,
    )
    await click(
      'exportItems',
      { parameters: { supplier_id: supplier, format: 'csv' } },
      (_, { file }) => `a file of ${file?.trim().split('\r\n').length} lines`,
    )

    await seenThrough((await upload(lists.none)).id)
    const dead = await click<{ jobs: JobBody[] }>(
      'listJobs',
      { parameters: { status: 'dead' } },
      ({ jobs }) => jobs.map(({ status, error }) => `${status}, ${error?.code}`).join(),
    )
    await click<JobBody>('retryJob', { parameters: { id: dead.jobs[0]!.job_id } }, ({ status }) => status)

    const gone = { parameters: { id: items[0]!.id } }
    await click('deleteItem', gone, () => 'deleted')
    await click<{ deleted_at: string | null }>('restoreItem', gone, (item) => `deleted_at ${item.deleted_at}`)
    await click('deleteItem', gone, () => 'deleted')
    await click<{ entries: { action: string; actor: { name: string } }[] }>(
      'listAudit',
      { parameters: { limit: '20' } },
      ({ entries }) => `${entries[0]?.actor.name}: ${entries.map(({ action }) => action).join(', ')}`,
    )

    expect(lines).toEqual([
      'Authorize: the token is applied',
      'addSupplier: 201 Acme',
      'uploadFile: 202 pending',
      'getImport: 200 partial_success',
      'uploadFile: 202 pending',
      'getImport: 200 held, prices_moved',
      'getChanges: 200 8 dearer',
      'approveImport: 202 pending',
      'getImport: 200 partial_success',
      'listItems: 200 KH-100 940.00, KH-125 1180.00',
      'getHistory: 200 940.00 ("940,0", row 14), 94.00 ("94,00", row 14)',
      'downloadRejects: 200 a file that says ca. vierzig',
      'exportItems: 200 a file of 11 lines',
      'uploadFile: 202 pending',
      'getImport: 200 failed',
      'listJobs: 200 dead, not_a_price_list',
      'retryJob: 202 queued',
      'deleteItem: 200 deleted',
      'restoreItem: 200 deleted_at null',
      'deleteItem: 200 deleted',
      'listAudit: 200 Ada: item.delete, item.restore, item.delete, job.retry, import.hand_in, import.approve, ' +
        'import.hand_in, import.hand_in, supplier.add, token.add, user.add',
    ])
  })

  test('signs in with a session, which changes something only with what belongs to it', async () => {
    await using service = await openService('sqlite', { access: { needsLogin: true } })
    const db = await openUrl(service.program.url)
    const token = await offerSetup(db, new Date()).finally(() => db.close())
    await using browser = await openBrowser()
    const page = await browser.newPage()
    const swagger = await openSwaggerPage(page, service.url)
    const { lines, say, click } = clickLog(swagger)
    page.on('request', (request) => {
      const isChange = request.method() === 'POST' && request.url().endsWith('/suppliers')
      if (isChange)
        say(`POST /suppliers ${'x-tallyman-csrf' in request.headers() ? 'with' : 'without'} X-Tallyman-CSRF`)
    })
    const whom = ({ name, role }: { name: string; role: string }) => `${name}, ${role}`
    const ended = (body: { ended: number }) => `${body.ended} ended`
    const nameOf = ({ name }: { name: string }) => name
    const ada = { name: 'Ada', password: goodPassword }

    await click('listSuppliers', {}, () => 'open')
    await click('setUp', { json: { ...ada, token } }, whom)
    await click('getIdentity', {}, whom)
    await click('addSupplier', { json: { name: 'Acme' } }, nameOf)
    await click('signOut', {}, ended)
    await click('addSupplier', { json: { name: 'Brandt' } }, nameOf)
    await click('signIn', { json: ada }, whom)
    await click('addSupplier', { json: { name: 'Brandt' } }, nameOf)
    await click('signOut', {}, ended)
    await click('getIdentity', {}, whom)

    expect(lines).toEqual([
      'listSuppliers: 401 not_authorized',
      'setUp: 201 Ada, admin',
      'getIdentity: 200 Ada, admin',
      'POST /suppliers with X-Tallyman-CSRF',
      'addSupplier: 201 Acme',
      'signOut: 200 1 ended',
      'POST /suppliers with X-Tallyman-CSRF',
      'addSupplier: 401 not_authorized',
      'signIn: 200 Ada, admin',
      'POST /suppliers with X-Tallyman-CSRF',
      'addSupplier: 201 Brandt',
      'signOut: 200 1 ended',
      'getIdentity: 401 not_authorized',
    ])
  })
})
