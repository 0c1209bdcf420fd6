import type { Job } from './job.ts'

type Kind = NonNullable<Job['error']>['kind']

/** What a person can do about a job that failed, by what kind of failure it was. */
const byKind: Record<Kind, string> = {
  network:
    'The other side could not be reached, or broke off. It is tried again by itself; if that does not help, test the source and ask the supplier whether its server is up.',
  parser:
    'The process that read the file ended before it was done. Try it once more; if it happens again, keep the raw file and look at the service’s log.',
  database:
    'The database or the disk did not answer in time. See Settings → System health; once that is well, try it again.',
  internal:
    'This is a mistake of the service, not of the file. Try it once more; if it happens again, the log has the details.',
  validation:
    'The file is not what was expected. Look at the import: correct how it is read, or upload a mended file.',
  authentication:
    'The other side did not let us in. Check the login in the source’s settings, test it, then try again.',
  refused:
    'The file or its address is not accepted, and would not be the next time. Change the source, or ask the supplier for another file.',
  limit: 'The file is larger or took longer than is allowed. Raise the limit, or ask for smaller files.',
  conflict:
    'Something newer was published meanwhile. Nothing is lost; fetch the source again if a newer list is there.',
}

/** What to do about a failure, for whoever is not at home in it. */
export const adviceFor = (kind: Kind): string => byKind[kind]
