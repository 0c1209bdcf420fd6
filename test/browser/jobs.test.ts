import { describe, expect, test } from 'bun:test'
import { inspect, openAdmin, sampleLists, settled } from '../helpers/admin-page.ts'
import { browserProgram } from '../helpers/browser.ts'

const broken = {
  supplier: 'Broken Ltd',
  fileName: 'letter.csv',
  content: 'Dear customer\nour prices follow soon\n',
}
const alsoBroken = {
  ...broken,
  supplier: 'Also Broken',
  fileName: 'note.csv',
  content: 'a note\nand no list\n',
}

describe.skipIf(browserProgram === null)('jobs and dead letters', () => {
  test('a failed job is found by its cause, explained, and tried again', async () => {
    await using bench = await openAdmin({ lists: [...sampleLists, broken] })
    const { page } = bench
    await bench.open('/dead-letters')
    expect(await inspect(page, 'dead-letters')).toEqual([])
    await page.getByRole('link', { name: 'Broken Ltd' }).click()
    await page.getByRole('heading', { name: 'Why it failed' }).waitFor()
    await page.getByRole('heading', { name: 'What to do' }).waitFor()
    await page.getByText('37 B', { exact: true }).waitFor()
    expect(await inspect(page, 'job')).toEqual([])
    await page.getByRole('button', { name: 'Retry' }).click()
    await page.getByText('It will be tried again.').waitFor()
    await page.getByText('It waits for its turn').waitFor()
    const woken = bench.service.woken()
    expect(woken).toBeGreaterThan(0)
    await bench.open('/dead-letters')
    await page.getByText('No dead letters').waitFor()
    expect(bench.complaints).toEqual([])
  }, 300_000)

  test('jobs are narrowed, and several are given up at once', async () => {
    await using bench = await openAdmin({ lists: [...sampleLists, broken, alsoBroken] })
    const { page } = bench
    await bench.open('/jobs')
    expect(await inspect(page, 'jobs')).toEqual([])
    await page.getByLabel('State').selectOption('dead')
    await page.getByText('2 jobs', { exact: true }).waitFor()
    expect(new URL(page.url()).search).toBe('?status=dead')
    await page.getByLabel('Choose all on this page').check()
    expect(await inspect(page, 'jobs-chosen')).toEqual([])
    await page.getByRole('button', { name: 'Discard 2' }).click()
    await page.getByRole('button', { name: 'Discard', exact: true }).click()
    await page.getByText('2 jobs given up.').waitFor()
    await page.getByText('Discarded', { exact: true }).first().waitFor()
    const { body } = await bench.service.json<{ dead_letters: number }>('/api/v1/queue', {
      headers: bench.login.bearer,
    })
    expect(body.dead_letters).toBe(0)

    await page.getByRole('button', { name: 'Pause the queue' }).click()
    await page.getByText('The queue is paused', { exact: false }).first().waitFor()
    expect(await inspect(page, 'jobs-paused')).toEqual([])
    await page.getByRole('button', { name: 'Resume the queue' }).click()
    await page.getByRole('button', { name: 'Pause the queue' }).waitFor()
    expect(bench.complaints).toEqual([])
  }, 300_000)

  test('who may only look is offered nothing else', async () => {
    await using bench = await openAdmin({ role: 'viewer', lists: [] })
    const { page } = bench
    await bench.open('/jobs')
    await page.getByText('No jobs yet').waitFor()
    expect(await page.getByRole('button', { name: 'Pause the queue' }).count()).toBe(0)
    await bench.open('/suppliers')
    expect(await page.getByRole('button', { name: 'Add supplier' }).count()).toBe(0)
    await bench.open('/sources/new')
    await page.getByText('Only operators add sources').waitFor()
    await bench.open('/settings/users')
    await page.getByText('This part of the settings is for administrators.').waitFor()
    await bench.open('/schedules')
    await settled(page)
    expect(await page.getByRole('button', { name: /Dry run/ }).count()).toBe(0)
    expect(bench.complaints).toEqual([])
  }, 300_000)
})
