import { arAdawat } from './files/ar-adawat.ts'
import { brPapelaria } from './files/br-papelaria.ts'
import { czSoucastky } from './files/cz-soucastky.ts'
import { deSchrauben } from './files/de-schrauben.ts'
import { dkBestilling } from './files/dk-bestilling.ts'
import { frVins } from './files/fr-vins.ts'
import { grTrofima } from './files/gr-trofima.ts'
import { jpDenzai } from './files/jp-denzai.ts'
import { negatives } from './files/negatives.ts'
import { plNarzedzia } from './files/pl-narzedzia.ts'
import { trHirdavat } from './files/tr-hirdavat.ts'
import { ukBathrooms } from './files/uk-bathrooms.ts'
import { usFittings } from './files/us-fittings.ts'
import { truthText } from './truth.ts'

/*
 * Writes the lists of test/golden/lists and their truths: bun test/lists/make.ts
 * The files are kept as they were written; run this only to add a list, and look at what changed.
 */
const folder = `${import.meta.dir}/../golden/lists`
const lists = [
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
  ...(await negatives()),
]
for (const { file, bytes, truth } of lists) {
  await Bun.write(`${folder}/${file}`, bytes)
  await Bun.write(`${folder}/${file.replace(/\.\w+$/, '')}.json`, truthText(truth))
}
