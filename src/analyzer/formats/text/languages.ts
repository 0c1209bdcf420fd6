/**
 * Letters by how often they occur, most frequent first: what tells one encoding from another. Of languages in
 * Latin script only the letters beyond ASCII count.
 */
export interface Language {
  letters: string
  /** The encodings in which this language is written. */
  encodings: readonly string[]
}

const western = ['windows-1252', 'iso-8859-15', 'macintosh', 'ibm850', 'ibm437']
const central = ['windows-1250', 'iso-8859-2', 'ibm852']
const cyrillic = ['windows-1251', 'koi8-r', 'ibm866', 'iso-8859-5', 'x-mac-cyrillic']

/** Source: published letter counts of each language, from memory; only the order matters. */
export const languages: readonly Language[] = [
  { letters: 'üäößé', encodings: [...western, ...central] }, // German
  { letters: 'éèàêçôîùâûïëœ', encodings: western }, // French
  { letters: 'óíáéñúü', encodings: western }, // Spanish
  { letters: 'ãçáéíóêõâúàôü', encodings: western }, // Portuguese
  { letters: 'àèùòìé', encodings: western }, // Italian
  { letters: 'àóéèíçúòïü', encodings: western }, // Catalan
  { letters: 'äåöéü', encodings: western }, // Swedish, Finnish
  { letters: 'øåæéöäü', encodings: western }, // Norwegian, Danish
  { letters: 'áíðéóúþýöæ', encodings: western }, // Icelandic
  { letters: 'ëéïèöü', encodings: western }, // Dutch
  { letters: 'äõüöšž', encodings: [...western, 'windows-1257'] }, // Estonian
  { letters: 'łżąęóśćńź', encodings: central }, // Polish
  { letters: 'íáéěýřžčšůúťňďó', encodings: central }, // Czech
  { letters: 'áíéčšžúľýťňôďóäĺŕ', encodings: central }, // Slovak
  { letters: 'áéöóőüíúű', encodings: central }, // Hungarian
  { letters: 'ăîâţş', encodings: central }, // Romanian
  { letters: 'čšžćđ', encodings: central }, // Croatian, Slovene
  { letters: 'ıüşğöçâî', encodings: ['windows-1254'] }, // Turkish
  { letters: 'ėšįžųūąčę', encodings: ['windows-1257'] }, // Lithuanian
  { letters: 'āīēšūņļžģķč', encodings: ['windows-1257'] }, // Latvian
  { letters: 'оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё', encodings: cyrillic }, // Russian
  {
    letters: 'оанивтріеслкдумпязьбгчйхїцжєшющфґ', // Ukrainian
    encodings: ['windows-1251', 'koi8-u', 'iso-8859-5', 'x-mac-cyrillic'],
  },
  { letters: 'аеиотнрсвлкдпмзуягбъчцжщхшюйфь', encodings: cyrillic }, // Bulgarian
  {
    letters: 'аоиејнртсувкпмдлзгбчљшњцжћхђџф', // Serbian
    encodings: ['windows-1251', 'iso-8859-5', 'x-mac-cyrillic'],
  },
  { letters: 'анірылесокдўутямпвзгбьчцхйэжшюфё', encodings: ['windows-1251', 'iso-8859-5'] }, // Belarusian
  { letters: 'αοιετσνηυρπκμλςόίωάέγδήχθφβξύώζψϊϋΐΰ', encodings: ['windows-1253'] }, // Greek
  { letters: 'יוהלארתבמשנעםדקפחטזגצסכןךץף', encodings: ['windows-1255'] }, // Hebrew
  { letters: 'اليمونرتبةعدسفهكقأحجشطصىخذضزئثغءظإآؤپچژگک', encodings: ['windows-1256'] }, // Arabic, Persian
  { letters: 'านรอกเ่งม้ยลวดทัสตะปีบิคหแ์จพืชขใไุโูผ็ฉธึฟศณ๊ซญ๋ภษำฐ', encodings: ['windows-874'] }, // Thai
]
