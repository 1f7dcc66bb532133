// The colours of Guanxi, for highlight.js. mdBook loads this page after its own script, so what that
// one left plain is coloured here.
//
// The three lists are those of the grammar and of the functions: `UPDATE_DOCS=1 cargo test --test docs`
// writes them, and the test fails where they differ.
(function () {
  'use strict';

  const WORDS =
    'April August December February January July June March May Monday November October September ' +
    'Sunday abc account action after again ahead all among and anniversary any as at audience average ' +
    'because before below between budget by calendar campaign case channel common consent contains ' +
    'costs count currency dated day days decile default define delivered distinct done down each ' +
    'earliest end ends exactly exclusive expect falls favour fell figure first for format formerly ' +
    'from given goal held highest hold hour hours html if ignoring in instead is key known language ' +
    'last latest leap least level levels list loops lowest lunar many match measure minute minutes ' +
    'missing month months most needs never next no none not nothing now occasion of on once one only ' +
    'optional or otherwise out owner pause per personal previous priority promotion purpose quarter ' +
    'quarters quartile quiet quintile rank reachable record rises rose rounded rule running runs ' +
    'safety score segment self service share since solar split stages start starts sum table term ' +
    'test theme then this through tiers to today until up use variant was week weeks when where while ' +
    'with workspace year years yes zone';
  const TYPES =
    'date datetime duration integer message money number percent text time';
  const FUNCTIONS =
    'abs add_working_days date_of day first_word length lower max min month sms_segments trim upper ' +
    'weekday year';

  // Letters of any script: everything above ASCII but punctuation, which is read as its ASCII form.
  const LETTER = 'A-Za-z_\\u00aa-\\u1fff\\u2c00-\\u2fff\\u3005-\\u3007\\u3021-\\ufdff\\uff66-\\uffdc';
  const NAME = '(?:`[^`\\n]+`|[' + LETTER + '][' + LETTER + '0-9]*)';
  const NUMBER = '[0-9][0-9_]*(?:\\.[0-9_]+)?';
  const UNIT = '(?:minute|hour|day|week|month|quarter|year)s?';
  const END = '(?![' + LETTER + '0-9])';
  // Names that people give to fields: words of the language only where a setting stands.
  const SETTINGS = ['currency', 'language'];
  // What a declaration names.
  const DECLARES =
    'record|define|segment|tiers|stages|score|table|occasion|figure|account|message|channel|action|campaign|rule|measure';

  function guanxi(hljs) {
    const placeholder = { className: 'subst', begin: /\{/, end: /\}/ };
    const escape = { begin: /\\./, relevance: 0 };
    const texts = [
      { className: 'string', begin: /"""/, end: /"""/, contains: [escape, placeholder] },
      { className: 'string', begin: /"/, end: /"|$/, contains: [escape, placeholder] },
    ];
    const type = '(?:yes/no|' + TYPES.split(' ').join('|') + ')' + END + '(?!\\s*:)';
    const values = [
      // 2026-11-21, 2026-11-21T09:00+08:00
      '[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:T[0-9:]+(?:Z|[+-][0-9:]+)?)?',
      '[0-9]{2}:[0-9]{2}(?::[0-9]{2})?', // 09:00
      '[0-9]{1,2}-[0-9]{1,2}', // 05-18
      NUMBER + '[ \\t]*%',
      NUMBER + '[ \\t]*[A-Z]{3}' + END, // 1_000 CNY
      NUMBER + '\\s+' + UNIT + END, // 30 days
      NUMBER,
    ].map(function (value) {
      return { className: 'number', begin: value, relevance: 0 };
    });
    const inside = texts.concat(
      [
        { className: 'built_in', begin: '\\b(?:' + FUNCTIONS.split(' ').join('|') + ')(?=\\()', relevance: 0 },
        // A field, a parameter, the arm of a split: `text: text`. What follows may be a type.
        {
          className: 'attr',
          begin: NAME + '(?=\\s*:)',
          relevance: 0,
          starts: { end: /(?=[^\s:])/, contains: [{ className: 'type', begin: type, endsParent: true }] },
        },
        // What a path leads to is a name, whatever it is called: `evening.day`.
        { begin: '\\.\\s*' + NAME, relevance: 0 },
        { className: 'symbol', begin: /`[^`\n]+`/, relevance: 0 },
      ],
      values
    );
    const words = WORDS.split(' ').filter(function (word) {
      return SETTINGS.indexOf(word) < 0;
    });
    const keywords = { keyword: words.join(' ') };
    placeholder.keywords = keywords;
    placeholder.contains = inside;
    return {
      name: 'Guanxi',
      keywords: keywords,
      contains: [
        hljs.COMMENT('#', '$'),
        { className: 'keyword', begin: '\\btime(?=\\s+zone\\s+")' },
        { className: 'keyword', begin: '\\b(?:' + SETTINGS.join('|') + ')(?=[ \\t]+[A-Za-z_]+[ \\t]*$)' },
        {
          className: 'keyword',
          begin: '\\b(?:' + DECLARES + ')(?=[ \\t]+' + NAME + '\\s*(?:[({="]|(?:for|of|on|from|dated|instead|formerly)\\b))',
          starts: { end: /$/, contains: [{ className: 'title', begin: NAME, endsParent: true }] },
        },
      ].concat(inside),
    };
  }

  hljs.registerLanguage('guanxi', guanxi);
  if (typeof document !== 'undefined') {
    document.querySelectorAll('pre code.language-guanxi').forEach(function (block) {
      hljs.highlightBlock(block);
    });
  }
})();
