// Finding a dish by what somebody types, as at the kiosk: the rule of `ui/dish/search.py`, in a browser. It forgives case,
// accents, a wrong letter or two, unfinished words; a test holds the two together.
const MAX_QUERY = 40, SURE_LENGTH = 5, LONG_LENGTH = 8;
const PLAIN = { ı: 'i', ł: 'l', đ: 'd', ø: 'o', æ: 'ae', œ: 'oe', ß: 'ss', þ: 'th', ς: 'σ', ة: 'ه', ى: 'ي', ی: 'ي', ک: 'ك', پ: 'ب', ڤ: 'ف', ج: 'غ', چ: 'غ', گ: 'غ', '\u0640': '' };
for (const zero of [0x660, 0x6f0]) for (let n = 0; n < 10; n++) PLAIN[String.fromCharCode(zero + n)] = String(n);
const ARTICLE = '\u0627\u0644', LONG = 'ー';
const LETTERS = new RegExp(`[${Object.keys(PLAIN).join('')}]`, 'gu');
const SPACELESS = /^[\u2e80-\ua4cf\uf900-\ufaff\u{20000}-\u{3ffff}]/u;

const unmarked = text => text.normalize('NFKD').replace(/(?![\u3099\u309a])\p{M}/gu, '');
const plain = text => text.toLowerCase().replace(LETTERS, letter => PLAIN[letter]);
const hiragana = text => text.replace(/[\u30a1-\u30f6]/g, kana => String.fromCharCode(kana.charCodeAt(0) - 0x60));
export const fold = text => hiragana(unmarked(plain(unmarked(text))).normalize('NFC'));
export const wordsOf = text => fold(text).replaceAll(LONG, '').split(/[^\p{L}\p{N}\u3099\u309a]+/u).filter(Boolean);

// To each beginning of `word`: the letters to change, add, leave out or swap so that `typed` becomes it (Damerau 1964).
function distances(typed, word, most) {
  let before = [], row = Array.from({ length: word.length + 1 }, (_, n) => n);
  for (let i = 1; i <= typed.length; i++) {
    const now = [i];
    for (let j = 1; j <= word.length; j++) {
      let cost = Math.min(row[j] + 1, now[j - 1] + 1, row[j - 1] + (typed[i - 1] !== word[j - 1]));
      const swapped = i > 1 && j > 1 && typed[i - 1] === word[j - 2] && typed[i - 2] === word[j - 1];
      if (swapped) cost = Math.min(cost, before[j - 2] + 1);
      now.push(cost);
    }
    if (Math.min(...now) > most) return [];
    [before, row] = [row, now];
  }
  return row;
}

const forgiven = length => length < SURE_LENGTH ? 0 : length < LONG_LENGTH ? 1 : 2;

function isNear(typed, word) {
  if (typed.length < SURE_LENGTH) return false;
  if (word[0] !== typed[0] && (word[0] !== typed[1] || word[1] !== typed[0])) return false;
  const row = distances(typed, word, forgiven(Math.max(typed.length, word.length)));
  return row.some((cost, n) => cost <= forgiven(Math.max(typed.length, n)));
}

// For texts (one a dish, its name and what else speaks for it in lines): which of them have every typed word, as a set of
// their places. Words that are nearly right count only when no text has them as typed.
export function finder(texts) {
  const places = new Map();  // of each word
  const runs = texts.map((text, n) => {
    const lines = text.split('\n').map(wordsOf);
    for (const word of lines.flat()) {
      if (!places.has(word)) places.set(word, { letters: [...word], of: new Set() });
      places.get(word).of.add(n);
    }
    return lines.map(words => words.join('')).join(' ');
  });

  function meeting(typed) {
    const letters = [...typed], article = typed.startsWith(ARTICLE) && letters.length >= SURE_LENGTH;
    const { sure, near } = article ? meeting(typed.slice(ARTICLE.length)) : { sure: new Set(), near: new Set() };
    for (const [word, { letters: others, of }] of places) {
      const found = word.startsWith(typed) || letters.length > 1 && word.includes(typed) ? sure
        : isNear(letters, others) ? near : null;
      if (found) for (const n of of) found.add(n);
    }
    if (SPACELESS.test(typed)) runs.forEach((run, n) => { if (run.includes(typed)) sure.add(n); });
    return { sure, near, either: new Set([...sure, ...near]) };
  }

  return query => {
    const found = wordsOf([...query].slice(0, MAX_QUERY).join('')).map(meeting);
    const having = kind => new Set(found.length ? [...found[0][kind]].filter(n => found.every(one => one[kind].has(n))) : []);
    const sure = having('sure');
    return sure.size ? sure : having('either');
  };
}
