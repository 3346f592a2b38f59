/** Texts of a run's past and of comparing two runs, in Japanese. */
import type { enHistory } from './en-history.ts';

export const jaHistory: Readonly<Record<keyof typeof enHistory, string>> = {
  'history.label': '実行の履歴',
  'history.slider': '表示する時点',
  'history.keys': '矢印キー：1時点ずつ。Page Up／Page Down：10秒。Home：開始時点。End：現在。',
  'history.present': '現在',
  'history.live': 'ライブ',
  'history.end': '実行の終わり',
  'history.past': '過去：{at}の時点',
  'history.pastText':
    'カード、エッジ、時間プロット、診断はこの時点のものです。結果、レコード、ウィンドウ、ログは現在のままです。',
  'history.toLive': 'ライブに戻る',
  'history.toEnd': '終わりに戻る',
  'history.noRecords': 'この時点のレコードはありません',
  'history.noRecordsText': 'レコードは、プロットを開いている間だけ集められます。',
  'action.again': 'もう一度実行',

  'compare.tab': '比較',
  'compare.keep': 'この実行をAとして保持',
  'compare.none': '比較する実行がありません',
  'compare.noneText':
    '実行が終わったら、Aとして保持します。設定を変えるか別のファイルを開いて実行すると、それがBになります。',
  'compare.oneKept': 'Aを保持しました',
  'compare.oneKeptText':
    '設定を変えるか別のファイルを開いて実行してください。終わると、両方がここに並びます。',
  'compare.node': 'ノード（A | B）',
  'compare.seed': 'シード',
  'compare.workers': '並列度',
  'compare.read': '{count}件読み込み',
  'compare.recordsIn': '入力',
  'compare.recordsOut': '出力',
  'compare.late': '遅延',
  'compare.deadLetters': 'エラー',
  'compare.committed': 'コミット済み',
  'compare.oneSide': '{node}：片方の実行にだけ行があります。',
  'compare.rows': '両方に{both}行、Aのみ{a}行、Bのみ{b}行。',
  'compare.lastOnly': 'シンクが表示する最後の行だけを比較しています。',
  'compare.otherColumns': '列が異なります。',
  'compare.headA': 'Aのみ',
  'compare.headB': 'Bのみ',
  'compare.onlyA': '{node}：Aのみ',
  'compare.onlyB': '{node}：Bのみ',
};
