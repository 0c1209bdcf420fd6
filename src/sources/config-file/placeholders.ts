/** What the environment says, by name. */
export type Environment = Readonly<Record<string, string | undefined>>

/** A text with its placeholders filled in. */
export interface Filled {
  text: string
  /** Some of it comes from the environment, and may be secret. */
  isFromEnvironment: boolean
  /** What could not be filled in, in words for people. */
  problems: string[]
}

/**
 * Fills in the environment's variables: `${NAME}` is the value of NAME, `$${` is a plain `${`, and any other `$` is
 * what it is. A variable that is blank counts as not set, as a setting does.
 */
export function filled(text: string, env: Environment): Filled {
  const problems: string[] = []
  let isFromEnvironment = false
  const result = text.replace(/\$\$\{|\$\{([^}]*)(\}?)/g, (found, name: string | undefined, end: string) => {
    if (found === '$${') return '${'
    if (end === '' || name === undefined || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      problems.push(
        `"\${" begins the name of an environment variable, as in \${NAME}; write $\${ for the plain characters`,
      )
      return ''
    }
    const value = env[name] ?? ''
    if (value.trim() === '') problems.push(`the environment variable ${name} is not set`)
    isFromEnvironment = true
    return value
  })
  return { text: result, isFromEnvironment, problems }
}
