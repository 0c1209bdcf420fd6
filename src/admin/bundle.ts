import { join } from 'node:path'

/** What a browser needs besides the page itself. */
export interface AdminBundle {
  script: string
  style: string
}

/**
 * Builds what the browser runs, as it is shipped: minified, React for production, only the styles that are used.
 * @throws AggregateError with the bundler's messages
 */
export async function bundleAdmin(): Promise<AdminBundle> {
  const built = await build('none')
  return { script: await built.text('.js'), style: await built.text('.css') }
}

/**
 * Where each part of the script comes from, for whoever measures what runs; it is not shipped.
 * @returns a source map, version 3, as JSON; paths are relative to the project
 */
export async function mapAdmin(): Promise<string> {
  return (await build('external')).text('.js.map')
}

async function build(sourcemap: 'none' | 'external') {
  // Needed to build only: the executable has the result.
  const { default: tailwind } = await import('bun-plugin-tailwind')
  const { outputs } = await Bun.build({
    entrypoints: [join(import.meta.dir, 'main.tsx')],
    root: join(import.meta.dir, '../..'),
    target: 'browser',
    format: 'esm',
    minify: true,
    sourcemap,
    plugins: [tailwind],
    define: { 'process.env.NODE_ENV': '"production"' },
  })
  return {
    async text(ending: string) {
      const found = outputs.find(({ path }) => path.endsWith(ending))
      if (found === undefined) throw new Error(`The bundle of the admin page has no ${ending}.`)
      return found.text()
    },
  }
}
