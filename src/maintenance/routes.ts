import { Elysia } from 'elysia'
import type { Who } from '../auth/who.ts'
import { noQuery } from '../http/fields.ts'
import { optionalJsonBody } from '../http/json-body.ts'
import { Problem } from '../lib/problem.ts'
import { type Static, t } from '../lib/schema.ts'
import type { TaskRun, TaskRuns } from './task-runs.ts'

const Counts = (description: string) => t.Record(t.String(), t.Integer({ minimum: 0 }), { description })

const TaskRunView = t.Object(
  {
    task: t.String(),
    dry_run: t.Boolean({ description: 'It only said what would be deleted.' }),
    started_at: t.String({ format: 'date-time' }),
    duration_ms: t.Integer({ minimum: 0 }),
    deleted: Counts('How many were deleted, or would be, by what they are.'),
    bytes: t.Integer({ minimum: 0, description: 'Of the files among them.' }),
    examples: t.Array(t.String(), { maxItems: 20, description: 'Some of them.' }),
    kept: Counts('How many are old enough and were kept all the same, by the reason.'),
    is_complete: t.Boolean({ description: 'If not, the next run goes on.' }),
  },
  { title: 'TaskRun' },
)

const TaskView = t.Object(
  {
    name: t.String({ examples: ['raw-archive'] }),
    description: t.String(),
    period: t.Union(
      [
        t.Object({
          seconds: t.Union([t.Integer({ minimum: 0 }), t.Null()], {
            description: 'How old what it deletes is at the least; null: it is off.',
            examples: [2_592_000],
          }),
          setting: t.Union([t.String(), t.Null()], {
            description: 'The setting that says so; null: the program itself.',
            examples: ['TALLYMAN_RAW_DAYS'],
          }),
        }),
        t.Null(),
      ],
      { description: 'How long it lets things lie; null: it goes by something else than their age.' },
    ),
    last_run: t.Union([TaskRunView, t.Null()], {
      description:
        'Its last run in this process that was no dry run; null: there was none since it was started.',
    }),
    links: t.Object({ run: t.String() }),
  },
  { title: 'Task' },
)

/** Clean-ups over HTTP. */
export function maintenanceRoutes({ cleanups, who }: { cleanups: TaskRuns; who: Who }) {
  return new Elysia({ prefix: '/api/v1/maintenance' })
    .get(
      '/tasks',
      () => ({
        tasks: cleanups.tasks.map(({ name, description, period }) => {
          const last = cleanups.last(name)
          const links = { run: `/api/v1/maintenance/tasks/${name}/run` }
          return {
            name,
            description,
            period: period
              ? { seconds: period.ms === null ? null : Math.round(period.ms / 1000), setting: period.setting }
              : null,
            last_run: last && taskRunView(last),
            links,
          }
        }),
      }),
      {
        query: noQuery,
        response: { 200: t.Object({ tasks: t.Array(TaskView) }, { title: 'TaskList' }) },
        detail: {
          operationId: 'listTasks',
          'x-role': 'viewer',
          summary: 'List the clean-ups',
          description: 'In the order in which they run, with what each did last.',
          tags: ['Maintenance'],
        },
      },
    )
    .post(
      '/tasks/:name/run',
      async ({ params, body, request }) => {
        const { dry_run: dryRun = true } = body
        const by = who.of(request)
        return taskRunView(await cleanups.run(params.name, { dryRun, signal: request.signal, by }))
      },
      {
        params: t.Object({
          name: t.String({ minLength: 1, maxLength: 100, description: 'The name of the task.' }),
        }),
        query: noQuery,
        parse: [optionalJsonBody],
        body: t.Object(
          {
            dry_run: t.Optional(
              t.Boolean({ description: 'Only say what would be deleted; true unless said.' }),
            ),
          },
          { additionalProperties: false, title: 'TaskOptions' },
        ),
        response: { 200: TaskRunView, 404: Problem, 413: Problem, 415: Problem, 422: Problem, 503: Problem },
        detail: {
          operationId: 'runTask',
          'x-role': 'admin',
          summary: 'Run a clean-up, or see what it would delete',
          description: 'A caller that hangs up ends it after the batch that it is at.',
          tags: ['Maintenance'],
        },
      },
    )
}

function taskRunView({
  dryRun,
  startedAt,
  durationMs,
  isComplete,
  ...rest
}: TaskRun): Static<typeof TaskRunView> {
  return {
    ...rest,
    dry_run: dryRun,
    started_at: startedAt.toISOString(),
    duration_ms: durationMs,
    is_complete: isComplete,
  }
}
