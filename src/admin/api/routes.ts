import type { ownRoutes } from '../../http/server.ts'

/** Everything that the service answers, as its schemas say it: nothing of it is written a second time here. */
type Tree = ReturnType<typeof ownRoutes>['~Routes']

type Parts<Path extends string> = Path extends `/${infer Rest}`
  ? Parts<Rest>
  : Path extends `${infer Head}/${infer Tail}`
    ? [Head, ...Parts<Tail>]
    : [Path]
type At<Node, Names> = Names extends [infer Head, ...infer Tail]
  ? Head extends keyof Node
    ? At<Node[Head], Tail>
    : never
  : Node

type Methods = 'get' | 'post' | 'put' | 'patch' | 'delete'
type PathsOf<Node, Method extends Methods, Path extends string = ''> =
  | (Node extends Record<Method, { response: unknown }> ? Path : never)
  | {
      [Name in Exclude<keyof Node & string, Methods>]: PathsOf<Node[Name], Method, `${Path}/${Name}`>
    }[Exclude<keyof Node & string, Methods>]

/** Addresses with their parameters as in `/api/v1/items/:id`. */
export type ReadPath = PathsOf<Tree, 'get'>
export type ChangeMethod = 'POST' | 'PUT' | 'PATCH' | 'DELETE'
export type ChangePath<Method extends ChangeMethod> = PathsOf<Tree, Lowercase<Method>>

type Operation<Method extends Methods, Path extends string> = At<Tree, [...Parts<Path>, Method]>
type Of<Node, Name extends string> = Node extends Record<Name, infer Found> ? Found : never

/** What a GET at this address answers: `Answer<'/api/v1/items/:id'>`. */
export type Answer<Path extends ReadPath> =
  Of<Of<Operation<'get', Path>, 'response'>, '200'> extends never
    ? Success<Of<Operation<'get', Path>, 'response'>>
    : Of<Of<Operation<'get', Path>, 'response'>, '200'>
export type Query<Path extends ReadPath> = Of<Operation<'get', Path>, 'query'> & object

/** What a change answers when it is made. */
export type Changed<Method extends ChangeMethod, Path extends string> = Success<
  Of<Operation<Lowercase<Method>, Path>, 'response'>
>
export type ChangeBody<Method extends ChangeMethod, Path extends string> = Of<
  Operation<Lowercase<Method>, Path>,
  'body'
>
export type ChangeQuery<Method extends ChangeMethod, Path extends string> = Of<
  Operation<Lowercase<Method>, Path>,
  'query'
> &
  object

type Success<Responses> = Responses extends { 200: infer Ok }
  ? Ok
  : Responses extends { 201: infer Made }
    ? Made
    : Responses extends { 202: infer Begun }
      ? Begun
      : unknown
/** The names in an address: `/items/:id` → `id`. */
type ParamNames<Path extends string> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? Name | ParamNames<Rest>
  : Path extends `${string}:${infer Name}`
    ? Name
    : never
export type Params<Path extends string> = Record<ParamNames<Path>, string>
/** `{ params }` where the address has any, and nothing where it has none. */
export type ParamsPart<Path extends string> = [ParamNames<Path>] extends [never]
  ? { params?: undefined }
  : { params: Params<Path> }
