import { type Static, Type } from '@sinclair/typebox'

/**
 * TypeBox under the name the whole program uses. One schema gives the check at the border, the OpenAPI document
 * and the TypeScript type.
 */
export const t = Type
export type { Static }
