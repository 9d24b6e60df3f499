/*
 * What says only how a company is constituted: the common forms of the registers of Europe, the Americas and Asia, as they are
 * abbreviated behind the name. Written without dots and spaces; both are allowed between the letters of a text.
 */
const FORMS = [
  // German: the longer ones first
  ...[
    'GmbH & Co KGaA',
    'GmbH & Co KG',
    'GmbH & Co OHG',
    'AG & Co KGaA',
    'AG & Co KG',
    'SE & Co KGaA',
    'UG haftungsbeschränkt',
  ],
  ...['gGmbH', 'GmbH', 'mbH', 'KGaA', 'KG', 'OHG', 'GbR', 'PartG mbB', 'PartG', 'AG', 'UG', 'eG', 'eK', 'eV', 'GesmbH'],
  // English
  ...[
    'Incorporated',
    'Inc',
    'Corporation',
    'Corp',
    'Company',
    'Co Ltd',
    'Co',
    'Limited',
    'Ltd',
    'LLC',
    'LLP',
    'LP',
    'PLC',
    'Pty Ltd',
  ],
  ...['Pte Ltd', 'Pvt Ltd', 'Private Limited', 'Public Limited Company', 'DAC', 'ULC'],
  // Romance
  ...[
    'SAS',
    'SASU',
    'SARL',
    'SCA',
    'SNC',
    'SpA',
    'Srl',
    'Sapa',
    'SA',
    'SL',
    'SLU',
    'SAU',
    'Lda',
    'Ltda',
    'SA de CV',
    'S de RL de CV',
  ],
  // Dutch, Nordic, eastern European, Swiss
  ...[
    'BV',
    'NV',
    'VOF',
    'BVBA',
    'AB',
    'AS',
    'ASA',
    'A/S',
    'ApS',
    'Oy',
    'Oyj',
    'SE',
    'sro',
    'as',
    'doo',
    'dd',
    'Kft',
    'Zrt',
    'Nyrt',
  ],
  ...['Sp z oo', 'Sp zoo', 'OOO', 'AD', 'EOOD', 'OOD', 'Sàrl'],
  // Asian
  ...['KK', 'Kabushiki Kaisha', 'Godo Kaisha', 'Bhd', 'Sdn Bhd', 'Tbk', '株式会社', '有限公司', '有限会社', '合同会社'],
];

const BETWEEN = String.raw`[\s.,]*`;
const ends = alternatives(FORMS);
const AT_END = new RegExp(String.raw`(?<=\S)[\s.,]+(?:${ends})[\s.,)]*$`, 'iu');
const ASIAN_AT_END = /(?<=\S)(?:株式会社|有限公司|有限会社|合同会社)$/u;
const AT_BEGIN = /^(?:株式会社|有限会社|合同会社|PT\.?\s+|OOO\s+)(?=\S)/iu;

/** The name without its legal form; several ones are all dropped. What would leave nothing stays. */
export function withoutLegalForm(name: string): string {
  let text = name.trim();
  for (;;) {
    const shorter = text
      .replace(AT_END, '')
      .replace(ASIAN_AT_END, '')
      .replace(AT_BEGIN, '')
      .replace(/\s*[&,(]$/u, '');
    if (shorter === text || shorter === '') return text;
    text = shorter;
  }
}

/** Longest first, so that GmbH & Co KG is not taken for KG; accents as written or without. */
function alternatives(forms: readonly string[]): string {
  const longestFirst = [...new Set(forms)].sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
  return longestFirst.map(pattern).join('|');
}

function pattern(form: string): string {
  const letters = [...form.replace(/\s/g, '')].map((letter) =>
    letter === '&' ? '(?:&|und|and|\\+)' : escaped(letter),
  );
  return letters.join(BETWEEN);
}

function escaped(letter: string): string {
  if (letter === '/') return '\\/?';
  if (letter === 'ä') return '(?:ä|ae|a)';
  return letter === 'à' ? '[àa]' : letter;
}
