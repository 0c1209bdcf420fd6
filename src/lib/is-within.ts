import { sep } from 'node:path'

/** Whether a path is a folder itself or lies somewhere in it; both absolute, and without `..`. */
export const isWithin = (folder: string, path: string): boolean =>
  path === folder || path.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`)
