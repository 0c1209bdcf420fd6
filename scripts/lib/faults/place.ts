/** What brings jobs to workers, and what keeps them. */
export const backends = ['embedded', 'redis'] as const
export type Backend = (typeof backends)[number]
export const engines = ['sqlite', 'postgres'] as const
export type Engine = (typeof engines)[number]

/** Where a scenario runs. */
export interface Place {
  backend: Backend
  engine: Engine
}

/** Servers that scenarios may use; null: there is none. */
export interface Servers {
  /** A user who may make databases. */
  postgresUrl: string | null
  redisUrl: string | null
}

export const places: readonly Place[] = backends.flatMap((backend) =>
  engines.map((engine) => ({ backend, engine })),
)

/** "embedded × SQLite". */
export function placeText({ backend, engine }: Place): string {
  return `${backend === 'redis' ? 'Redis' : 'embedded'} × ${engine === 'sqlite' ? 'SQLite' : 'PostgreSQL'}`
}
