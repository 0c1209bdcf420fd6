import manifest from '../../package.json' with { type: 'json' }

// scripts/build replaces these two names by text; in a source tree they do not exist.
declare const BUILD_VERSION: string | undefined
declare const BUILD_COMMIT: string | undefined

/** Which program this is. `commit` is null where it was not built from one. */
export interface Version {
  version: string
  commit: string | null
  bun: string
}

export function programVersion(): Version {
  return {
    version: typeof BUILD_VERSION === 'string' ? BUILD_VERSION : manifest.version,
    commit: typeof BUILD_COMMIT === 'string' && BUILD_COMMIT !== '' ? BUILD_COMMIT : null,
    bun: Bun.version,
  }
}
