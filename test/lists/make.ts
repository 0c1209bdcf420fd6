import type { ListTruth } from '../../scripts/lib/score/truth.ts'
import { arAdawat } from './files/ar-adawat.ts'
import { brPapelaria } from './files/br-papelaria.ts'
import { chWerkzeug } from './files/ch-werkzeug.ts'
import { cnDianzi } from './files/cn-dianzi.ts'
import { cnHongbei } from './files/cn-hongbei.ts'
import { counters, records } from './files/counters.ts'
import { czPodlahy } from './files/cz-podlahy.ts'
import { czSoucastky } from './files/cz-soucastky.ts'
import { deMoebel } from './files/de-moebel.ts'
import { deSchrauben } from './files/de-schrauben.ts'
import { dkBestilling } from './files/dk-bestilling.ts'
import { enLicences } from './files/en-licences.ts'
import { esCatering } from './files/es-catering.ts'
import { exports } from './files/exports.ts'
import { feeds } from './files/feeds.ts'
import { frLinge } from './files/fr-linge.ts'
import { frVins } from './files/fr-vins.ts'
import { grTrofima } from './files/gr-trofima.ts'
import { heChalafim } from './files/he-chalafim.ts'
import { huKert } from './files/hu-kert.ts'
import { itCeramiche } from './files/it-ceramiche.ts'
import { itTessuti } from './files/it-tessuti.ts'
import { jpDenzai } from './files/jp-denzai.ts'
import { mxFerreteria } from './files/mx-ferreteria.ts'
import { negatives } from './files/negatives.ts'
import { nlBoeken } from './files/nl-boeken.ts'
import { nlTuin } from './files/nl-tuin.ts'
import { noFro } from './files/no-fro.ts'
import { plLozyska } from './files/pl-lozyska.ts'
import { plNarzedzia } from './files/pl-narzedzia.ts'
import { reports } from './files/reports.ts'
import { ruZapchasti } from './files/ru-zapchasti.ts'
import { seElmaterial } from './files/se-elmaterial.ts'
import { shops } from './files/shops.ts'
import { trEt } from './files/tr-et.ts'
import { trHirdavat } from './files/tr-hirdavat.ts'
import { tradeFeeds } from './files/trade-feeds.ts'
import { uaApteka } from './files/ua-apteka.ts'
import { ukBathrooms } from './files/uk-bathrooms.ts'
import { usComponents } from './files/us-components.ts'
import { usFittings } from './files/us-fittings.ts'
import { truthText } from './truth.ts'

/** A list as it lies in `test/golden/lists`, and what it says. */
export interface MadeList {
  readonly file: string
  readonly bytes: Uint8Array
  readonly truth: ListTruth
}

/** Every list of our own. The bytes of workbooks hold the time at which they are made; all else is always the same. */
export async function makeLists(): Promise<MadeList[]> {
  return [
    await arAdawat(),
    await brPapelaria(),
    czSoucastky(),
    await deSchrauben(),
    await dkBestilling(),
    await frVins(),
    grTrofima(),
    jpDenzai(),
    plNarzedzia(),
    await trHirdavat(),
    ukBathrooms(),
    usFittings(),
    chWerkzeug(),
    cnDianzi(),
    huKert(),
    await itCeramiche(),
    mxFerreteria(),
    await nlTuin(),
    ruZapchasti(),
    seElmaterial(),
    ...feeds(),
    ...shops(),
    ...tradeFeeds(),
    ...(await negatives()),
    plLozyska(),
    await usComponents(),
    itTessuti(),
    frLinge(),
    await deMoebel(),
    nlBoeken(),
    uaApteka(),
    esCatering(),
    await czPodlahy(),
    noFro(),
    heChalafim(),
    enLicences(),
    trEt(),
    cnHongbei(),
    ...(await reports()),
    ...(await exports()),
    ...(await counters()),
    ...records(),
  ]
}

// bun test/lists/make.ts writes them; a workbook that is there stays, unless it is deleted first.
if (import.meta.main) {
  const folder = `${import.meta.dir}/../golden/lists`
  for (const { file, bytes, truth } of await makeLists()) {
    const isThere = await Bun.file(`${folder}/${file}`).exists()
    if (!isThere || !isWorkbook({ file, bytes })) await Bun.write(`${folder}/${file}`, bytes)
    await Bun.write(`${folder}/${truthFile(file)}`, truthText(truth))
  }
}

/** "list.xlsx" → "list.truth.json": a list may be JSON itself. */
export function truthFile(file: string): string {
  return file.replace(/\.\w+$/, '.truth.json')
}

/** Whether the bytes of such a file differ from one making to the next; a page of HTML under such a name has none of that. */
export function isWorkbook({ file, bytes }: Pick<MadeList, 'file' | 'bytes'>): boolean {
  return /\.(xlsx|xls|xlsb|ods)$/.test(file) && bytes[0] !== '<'.charCodeAt(0)
}
