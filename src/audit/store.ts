import type { Query } from '../db/database.ts'
import type { Tables } from '../db/schema.ts'
import type { AuditEntry } from './model.ts'

/** The audit log. It is only added to; what is older than it has to be is cleaned up. */
export function auditStore({ query, tables: { auditLog } }: { query: Query; tables: Tables }) {
  return {
    /** Inside the transaction that makes the change, so that neither is there without the other. */
    async add({ actor, action, subject, supplierId, before, after, at }: AuditEntry): Promise<void> {
      await query.insert(auditLog).values({
        at,
        actorKind: actor.kind,
        actorId: actor.id,
        actorName: actor.name,
        tokenId: actor.tokenId,
        address: actor.address,
        action,
        subjectKind: subject?.kind ?? null,
        subjectId: subject?.id ?? null,
        subjectName: subject?.name ?? null,
        supplierId,
        before,
        after,
      })
    },
  }
}
