/** A finding as a person would say it, in Japanese: one sentence, and what to do. */
import { cut, number, percent, span } from './amounts.ts';
import type { Said, Words } from './english.ts';
import type { Facts, Finding, FindingCode } from './finding.ts';

const SAY: { readonly [C in FindingCode]: (facts: Facts[C], node: string, words: Words) => Said } = {
  'no-input': (_, node) => ({ sentence: `${node}はまだレコードを出していません。`, advice: null }),
  'source-ended': ({ records, holds }, node) => ({
    sentence: holds
      ? `${node}は${count(records)}で終わりに達し、ウォーターマークはそこで止まっています。未発火のものは発火しません。`
      : `${node}は${count(records)}で終わりに達しました。これ以上レコードは来ません。`,
    advice: holds ? '「データの終わりで」を「すべて発火」にしてください。' : null,
  }),
  unusable: ({ count: bad, of, first }, node) => ({
    sentence: `${node}は${count(of)}のうち${count(bad)}を使えませんでした${first === null ? '。' : `：${first.message}`}`,
    advice: first === null ? null : `最初のレコードを確認してください：${cut(first.record)}`,
  }),
  'all-filtered': ({ count: filtered, last }, node) => ({
    sentence: `${node}は${count(filtered)}のレコードを1件も通していません。`,
    advice:
      last === null
        ? null
        : `最後のレコードでは、${last.parts.map(({ text, value }) => `${text} は${value === null ? 'NULL' : String(value).toUpperCase()}`).join('、')}です。`,
  }),
  'held-by-partition': ({ partition, watermark, quietMs, others }, node, { time }) => ({
    sentence:
      watermark === null
        ? `${node}のパーティション${partition}からイベント時間がまだ得られず、ウォーターマークがありません。`
        : `${node}のパーティション${partition}がウォーターマークを${time(watermark)}で止めています。ほかより${span(others - watermark)}遅れています${quietMs === null ? '' : `。最後のレコードは${span(quietMs)}前です`}。`,
    advice: 'アイドルタイムアウトを設定すると、無音のパーティションはウォーターマークを止めなくなります。',
  }),
  'window-open': ({ due, watermark, open }, node, { time }) => ({
    sentence: `${node}に未発火のウィンドウが${number(open)}個あります。次は、ウォーターマークが${time(due)}を過ぎると発火します${toGo(due, watermark)}。`,
    advice: null,
  }),
  'session-open': ({ due, watermark, open, gap }, node, { time }) => ({
    sentence: `${node}に続行中のセッションが${number(open)}個あります。キーに${gap}の間レコードが来ないと閉じます。早くても${time(due)}です${toGo(due, watermark)}。`,
    advice: null,
  }),
  'all-late': ({ late, of, median, most, bound, better }, node) => ({
    sentence: `${count(of)}のうち${count(late)}が${node}に間に合いませんでした。ウォーターマークからの遅れは、半数が${span(median)}以上、99 %が${span(most)}以内です。`,
    advice:
      better === null
        ? null
        : `許容する順序の乱れを${bound ?? 'なし'}から${better}にすると、99 %が間に合っていました。`,
  }),
  'time-unit': ({ newest, wouldBe, unit }, node, { time }) => ({
    sentence: `${node}のイベント時間は${time(newest)}ごろになっています。${UNITS[unit]}として読むと${time(wouldBe)}ごろになります。`,
    advice: `このフィールドを${UNITS[unit]}として読んでください。`,
  }),
  'time-zone': ({ hours }, node) => ({
    sentence: `${node}のレコードは今届いていますが、イベント時間が現在時刻より${Math.abs(hours)}時間${hours > 0 ? '進んで' : '遅れて'}います。現地時間をUTCとして読んでいるようです。`,
    advice: 'オフセット付きで読むか、マップで時刻をずらしてください。',
  }),
  'from-the-future': ({ from, to, late }, node, { time }) => ({
    sentence: `${node}の1件のレコードが、ウォーターマークを${time(from)}から${time(to)}に進めました。その後の${count(late)}が遅延レコードになりました。`,
    advice: 'ウォーターマークの前に、イベント時間の条件をソースに置いて、未来のレコードを除いてください。',
  }),
  'no-match': ({ sides, nulls, almost }, node) => ({
    sentence: `${node}の両側でキーが1つも一致しません${nulls.some((share) => share > 0.5) ? '。片側のキーの大半がNULLで、NULLは何とも一致しません' : ''}：${sides
      .map(
        ({ port, rows }) =>
          `${port}は${rows
            .slice(-3)
            .map((row) => cut(row.map((v) => (v === null ? 'NULL' : JSON.stringify(v))).join(', '), 60))
            .join('; ')}`,
      )
      .join('、')}。`,
    advice:
      almost === 'blanks'
        ? '前後の空白を除けば一致します。マップでTRIMしてください。'
        : almost === 'case'
          ? '大文字と小文字を区別しなければ一致します。マップで両方をLOWERしてください。'
          : null,
  }),
  'back-pressure': ({ culprit, share, fill }, node, { name }) => ({
    sentence: `${node}は直前の1秒のうち${percent(share)}待たされました。${name(culprit)}の処理が追いつかず、キューが${percent(fill)}埋まっています。`,
    advice: null,
  }),
  'waits-for-checkpoint': ({ rows, every }, node) => ({
    sentence: `${node}は${count(rows)}を書き込み済みで、次のチェックポイント（${every}ごと）で読めるようになります。`,
    advice: null,
  }),
};

const UNITS = { s: '秒', ms: 'ミリ秒', µs: 'マイクロ秒' };

export function sayFindingInJapanese(finding: Finding, words: Words): Said {
  const say = SAY[finding.code] as (facts: Finding['facts'], node: string, words: Words) => Said;
  return say(finding.facts, words.name(finding.node), words);
}

const count = (n: number): string => `${number(n)}件`;
const toGo = (due: number, watermark: number | null): string =>
  watermark === null ? '。まだウォーターマークがありません' : `（あと${span(Math.max(0, due - watermark))}）`;
