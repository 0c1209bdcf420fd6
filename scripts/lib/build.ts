import { execFile } from 'node:child_process'
import { mkdir, readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import type { BunPlugin } from 'bun'
import { bundleAdmin } from '../../src/admin/bundle.ts'

/** The project's folder. */
export const root = resolve(import.meta.dir, '../..')

/**
 * Builds the executable: the sources, Bun and the migrations in one file that needs nothing else on the machine.
 * It is not written into a scanned tree: keep `outfile` in dist/ or outside the project.
 * @param outfile absolute
 * @throws AggregateError with the bundler's messages
 */
export async function buildExecutable(outfile: string): Promise<void> {
  await mkdir(dirname(outfile), { recursive: true })
  await Bun.build({
    // A thread starts from an entry point of its own.
    entrypoints: [join(root, 'src/main.ts'), join(root, 'src/db/scan-worker.ts')],
    target: 'bun',
    format: 'esm',
    // Parts of ssh2 in C that are built where there is a compiler; it does without them.
    external: ['cpu-features', '*/sshcrypto.node'],
    // Names stay: Elysia knows a refused number by the name of its error's class, and would let it pass.
    minify: { whitespace: true, syntax: true },
    bytecode: true,
    sourcemap: 'linked',
    plugins: [await embeddedAdmin()],
    define: {
      'process.env.NODE_ENV': '"production"',
      BUILD_VERSION: JSON.stringify(await version()),
      BUILD_COMMIT: JSON.stringify(await commit()),
    },
    compile: {
      outfile,
      // A bunfig.toml, tsconfig.json or package.json where somebody happens to stand is no business of ours; a
      // bunfig.toml could even name code to run first.
      // A .env neither: it would name another program's database.
      autoloadDotenv: false,
      autoloadBunfig: false,
      autoloadTsconfig: false,
      autoloadPackageJson: false,
    },
  })
}

/**
 * The admin page as it is built, in place of the module that builds it. It is built before: a bundler that waits for
 * another one within one of its plugins waits for ever.
 */
async function embeddedAdmin(): Promise<BunPlugin> {
  const bundle = JSON.stringify(await bundleAdmin())
  return {
    name: 'embedded admin page',
    setup(build) {
      build.onLoad({ filter: /[\\/]src[\\/]admin[\\/]assets\.ts$/ }, () => ({
        contents: `const bundle = ${bundle}\nexport const adminBundles = () => async () => bundle\n`,
        loader: 'js',
      }))
    },
  }
}

async function version(): Promise<string> {
  // As npm keeps it.
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string }
  return version
}

/**
 * The commit that is built, with a + when files differ from it; null outside a repository (a source archive). An
 * image is built without the repository: there BUILD_COMMIT says it.
 */
async function commit(): Promise<string | null> {
  if (process.env.BUILD_COMMIT) return process.env.BUILD_COMMIT
  try {
    const git = async (...args: string[]) =>
      (await promisify(execFile)('git', args, { cwd: root })).stdout.trim()
    const head = await git('rev-parse', '--short=12', 'HEAD')
    return (await git('status', '--porcelain')) === '' ? head : `${head}+`
  } catch {
    return null
  }
}

if (import.meta.main) {
  const outfile = resolve(process.argv[2] ?? join(root, 'dist/tallyman'))
  await buildExecutable(outfile)
  console.log(`${outfile}  ${(Bun.file(outfile).size / 1e6).toFixed(0)} MB`)
}
