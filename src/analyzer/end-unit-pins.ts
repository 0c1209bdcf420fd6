import { serviceActor } from '../auth/model.ts'
import { unitEnds } from '../catalog/pinned.ts'
import type { Sql } from '../db/database.ts'
import { instant, jsonObject } from '../db/dialect.ts'
import type { Staging } from './staging/staging.ts'

/**
 * Tells the audit log of items whose list says another unit from now on, so that what a person had said of it no longer
 * holds: see `writePinnedSql`, which ends it.
 */
export async function endUnitPins(
  sql: Sql,
  { engine, names }: Staging,
  { supplierId, now }: { supplierId: string; now: Date },
): Promise<void> {
  await sql.run(
    `insert into audit_log (at, actor_kind, actor_name, action, subject_kind, subject_id, subject_name, supplier_id,
                            "before", "after")
     select ${instant(engine, '$1')}, '${serviceActor.kind}', '${serviceActor.name}', 'item.unpin', 'item', cast(i.id as text), i.name,
            cast($2 as text), ${jsonObject(engine, { unit: 'i.unit' })}, ${jsonObject(engine, { unit: 's.unit' })}
     from ${names.diff} as d join ${names.rows} as s on s.n = d.n join supplier_items as i on i.id = d.item_id
     where d.kind in ('changed', 'returned') and ${unitEnds(engine, 'i')}`,
    [now, supplierId],
  )
}
