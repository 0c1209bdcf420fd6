import { type App, openApp } from '../app.ts'
import { consoleActor, roles } from '../auth/model.ts'
import { openPasswords } from '../auth/passwords.ts'
import { type User, userStore } from '../auth/user-store.ts'
import { addUser, changeUser, deleteUser, setPassword, unlockUser } from '../auth/users.ts'
import { NotFoundError } from '../lib/errors.ts'
import { UsageError } from './arguments.ts'
import { type Context, defineCommand, type ExitCode, exitCodes, type Io } from './command.ts'
import { printJson, printLine, printTable } from './output.ts'

const actions = ['list', 'add', 'role', 'password', 'disable', 'enable', 'unlock', 'delete'] as const

/** `tallyman users`. */
export const users = defineCommand({
  name: 'users',
  summary: 'List who may sign in, add somebody, change what they may do',
  description:
    'A viewer sees the catalog and how it came about, an operator changes it too, an administrator lets people in.\n' +
    'As soon as there is a user, everybody has to sign in or show a token, on this machine too. Passwords are asked for\n' +
    'on a terminal, and otherwise read from standard input: never given on the line, which others can see.\n' +
    '"unlock" lets somebody try again at once after too many wrong passwords. The last administrator stays one.',
  options: {
    role: {
      kind: 'text',
      placeholder: 'ROLE',
      choices: roles,
      summary: 'With add and role: what they may do',
    },
  },
  positionals: {
    action: {
      placeholder: 'ACTION',
      summary: 'list (default), add, role, password, disable, enable, unlock or delete',
      choices: actions,
    },
    name: { placeholder: 'NAME', summary: 'The name they sign in with' },
  },
  examples: [
    { line: 'tallyman users add Ada --role admin', summary: 'make somebody an administrator' },
    { line: 'tallyman users password Ada < new-password', summary: 'a new password, from a file' },
  ],
  async run({ options, positionals }, context) {
    const { config, log, io } = context
    const action = positionals.action ?? 'list'
    const { name } = positionals
    const { role } = options
    const takesRole = action === 'add' || action === 'role'
    if (role !== null && !takesRole) throw new UsageError('--role goes with "users add" and "users role"')
    if (role === null && takesRole) throw new UsageError(`which role? Give --role ${roles.join(', --role ')}`)
    const app = await openApp({
      config,
      clock: io.clock,
      log,
      schema: action === 'list' ? 'read' : 'write',
    })
    try {
      if (action === 'list') {
        if (name !== null) throw new UsageError('users list takes no name')
        return await list(context, app)
      }
      if (name === null) throw new UsageError('who? Give the name that they sign in with')
      const { db } = app
      const parts = { db, passwords: openPasswords() }
      const change = { actor: consoleActor, at: io.clock.now() }
      if (action === 'add') {
        const password = await askPassword(io, name)
        return shown(context, await addUser(parts, { name, password, role: role ?? 'viewer' }, change))
      }
      const user = await userStore(db).find(name)
      if (user === null) throw new NotFoundError('unknown_user', `There is no user "${name}".`)
      const { id } = user
      if (action === 'role') await changeUser(db, id, { role: role ?? user.role }, change)
      if (action === 'disable') await changeUser(db, id, { isDisabled: true }, change)
      if (action === 'enable') await changeUser(db, id, { isDisabled: false }, change)
      if (action === 'password')
        await setPassword(parts, id, { password: await askPassword(io, name), keptSession: null }, change)
      if (action === 'unlock') await unlockUser(db, id, change)
      if (action !== 'delete') return shown(context, await userStore(db).get(id))
      await deleteUser(db, id, change)
      if (context.json) printJson(io, { id, deleted: true })
      else printLine(io.stdout, `"${user.name}" was deleted, with their tokens.`)
      return exitCodes.done
    } finally {
      await app.close()
    }
  },
})

/** @throws UsageError when there is none */
async function askPassword(io: Io, name: string): Promise<string> {
  const password = await io.secret(`Password for ${name}: `)
  if (password === '') throw new UsageError('the password is read from standard input, and nothing came')
  return password
}

async function list({ io, json }: Context, { db }: App): Promise<ExitCode> {
  const found = await userStore(db).page({ limit: 10_000, after: null })
  if (json) printJson(io, { users: found.map(publicUser) })
  else if (found.length === 0)
    printLine(io.stdout, 'There are no users; "tallyman users add NAME --role admin" makes one.')
  else
    printTable(io.stdout, {
      columns: [
        { header: 'NAME', canShrink: true },
        { header: 'ROLE' },
        { header: 'STATE' },
        { header: 'LAST SIGN-IN (UTC)' },
        { header: 'ID' },
      ],
      rows: found.map((user) => [
        user.name,
        user.role,
        user.disabledAt === null ? 'active' : 'disabled',
        user.lastSignInAt?.toISOString().slice(0, 16).replace('T', ' ') ?? null,
        user.id,
      ]),
    })
  return exitCodes.done
}

function shown({ io, json }: Context, user: User): ExitCode {
  if (json) printJson(io, publicUser(user))
  else
    printLine(
      io.stdout,
      `"${user.name}" is ${user.role === 'viewer' ? 'a' : 'an'} ${user.role}${user.disabledAt === null ? '' : ', and may not sign in'}.`,
    )
  return exitCodes.done
}

/** Without the password's hash. */
const publicUser = ({ id, name, role, disabledAt, lastSignInAt, createdAt }: User) => ({
  id,
  name,
  role,
  disabledAt,
  lastSignInAt,
  createdAt,
})
