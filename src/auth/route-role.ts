import { type Role, roles } from './model.ts'

/** What a route asks of whoever calls it: a role, or nothing at all. */
export type RouteRole = Role | 'none'

/** Under which a route says its role, in what describes it; readers of the document see it too. */
export const routeRoleKey = 'x-role'

/** Of a route, what tells who may call it. */
export interface DescribedRoute {
  method: string
  path: string
  hooks: unknown
}

/**
 * The role that a route demands.
 * @throws Error when it says none, which is a mistake of ours: nobody would be kept from it
 */
export function roleOf({ method, path, hooks }: DescribedRoute): RouteRole {
  const role = described(hooks)
  const known = [...roles, 'none' as const].find((each) => each === role)
  if (known === undefined)
    throw new Error(
      `${method} ${path} does not say in its detail who may call it: '${routeRoleKey}' has to be one of ${roles.join(', ')}, or none.`,
    )
  return known
}

/** Whether somebody of a role may do what another role is asked for. */
export function isAllowed(role: Role, asked: RouteRole): boolean {
  return asked === 'none' || roles.indexOf(role) <= roles.indexOf(asked)
}

interface Node {
  words: Map<string, Node>
  parameter: Node | null
  roles: Map<string, RouteRole>
}

/**
 * Finds what a method at an address demands, without a request having to reach its route first. Words go before
 * parameters, as the router has it, and a slash at the end makes no difference.
 *
 * @returns null: there is no such route
 * @throws Error when a route does not say
 */
export function routeRoles(
  routes: readonly DescribedRoute[],
): (method: string, pathname: string) => RouteRole | null {
  const top = emptyNode()
  for (const route of routes) {
    let node = top
    for (const part of partsOf(route.path))
      node = part.startsWith(':') ? parameterOf(node) : wordOf(node, part)
    node.roles.set(route.method, roleOf(route))
  }
  return (method, pathname) => find(top, partsOf(pathname), 0, method === 'HEAD' ? 'GET' : method)
}

function described(hooks: unknown): unknown {
  if (typeof hooks !== 'object' || hooks === null || !('detail' in hooks)) return undefined
  const { detail } = hooks
  if (typeof detail !== 'object' || detail === null || !(routeRoleKey in detail)) return undefined
  return detail[routeRoleKey]
}

const emptyNode = (): Node => ({ words: new Map(), parameter: null, roles: new Map() })

function wordOf(node: Node, word: string): Node {
  const found = node.words.get(word) ?? emptyNode()
  node.words.set(word, found)
  return found
}

function parameterOf(node: Node): Node {
  node.parameter ??= emptyNode()
  return node.parameter
}

/** "/api/v1/items/" → ["api", "v1", "items"]. */
function partsOf(path: string): string[] {
  return path.slice(1, path.length > 1 && path.endsWith('/') ? -1 : undefined).split('/')
}

function find(node: Node, parts: string[], at: number, method: string): RouteRole | null {
  if (at === parts.length) return node.roles.get(method) ?? null
  const part = parts[at]!
  const word = node.words.get(part)
  const found = word === undefined ? null : find(word, parts, at + 1, method)
  if (found !== null || node.parameter === null || part === '') return found
  return find(node.parameter, parts, at + 1, method)
}
