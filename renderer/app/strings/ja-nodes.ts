/** What node types and their ports are called in Japanese, by their English text. */
export const jaNodes: Readonly<Record<string, string>> = {
  File: 'ファイル',
  'HTTP events': 'HTTPイベント',
  Kafka: 'Kafka',
  Kinesis: 'Kinesis',
  Generator: 'ジェネレーター',
  Schedule: 'スケジュール',
  Map: 'マップ',
  Filter: 'フィルター',
  Window: 'ウィンドウ',
  'Assign windows': 'ウィンドウ割り当て',
  Aggregate: '集計',
  Over: 'OVER集計',
  Union: 'ユニオン',
  'Top-N': 'Top-N',
  Deduplicate: '重複排除',
  Distinct: '一意の値',
  Sort: 'ソート',
  'Fill gaps': '欠測補完',
  Route: '振り分け',
  Flatten: '配列の展開',
  Join: '結合',
  'Window join': 'ウィンドウ結合',
  'Interval join': 'インターバル結合',
  'Temporal join': 'テンポラル結合',
  'Lookup join': 'ルックアップ結合',
  Pattern: 'パターン',
  Script: 'スクリプト',
  Table: '表',
  Chart: 'グラフ',
  Nothing: '破棄',

  'Reads records from a file, a folder or a glob.': 'ファイル、フォルダー、グロブからレコードを読みます。',
  'Takes events by POST on a loopback port.': 'ループバックのポートでPOSTされたイベントを受け取ります。',
  'Writes records to a topic of Apache Kafka.': 'Apache Kafkaのトピックにレコードを書きます。',
  'Reads an Amazon Kinesis data stream.': 'Amazon Kinesisのデータストリームを読みます。',
  'Writes records to an Amazon Kinesis data stream.':
    'Amazon Kinesisのデータストリームにレコードを書きます。',
  'Reads topics of Apache Kafka.': 'Apache Kafkaのトピックを読みます。',
  'Makes records from a seed, or gives a fixed table of rows.':
    'シードからレコードを生成するか、決まった行を出します。',
  'Gives a record at every due time of an interval or a cron expression.':
    '一定間隔またはcron式の時刻ごとにレコードを出します。',
  'Computes, keeps, drops and renames fields.': 'フィールドを計算・選択・削除・改名します。',
  'Keeps the records for which a condition is true.': '条件が真になるレコードだけを通します。',
  'Groups records by time and keys, and aggregates each group.':
    'レコードを時間とキーでまとめ、まとまりごとに集計します。',
  'Adds to each record the window that it belongs to.': '各レコードに、属するウィンドウを付け加えます。',
  'Keeps totals per group, and updates them with every record.':
    'グループごとの集計を保持し、レコードごとに更新します。',
  'Adds to each record an aggregate of the records before it.':
    '各レコードに、それより前のレコードの集計を付け加えます。',
  'Merges streams with the same fields into one.': '同じフィールドのストリームを1つにまとめます。',
  'Keeps the first records of an order, per group or window.':
    'グループまたはウィンドウごとに、順序の上位のレコードを残します。',
  'Keeps one record per key: the first or the last.': 'キーごとに最初または最後の1件を残します。',
  'Gives each combination of values once.': '値の組み合わせを1回ずつ出します。',
  'Puts records into the order of their event times.': 'レコードをイベント時間の順に並べます。',
  'Adds records where a series has none.': '系列の抜けたところにレコードを補います。',
  'Sends each record to the port whose condition it meets.': '各レコードを、条件に合うポートへ送ります。',
  'Gives one record for each element of an array.': '配列の要素ごとに1件のレコードを出します。',
  'Joins two streams or tables without regard to time; keeps both.':
    '2つのストリームまたは表を、時間に関係なく結合します。両方を保持します。',
  'Joins the rows of two streams that fall into the same window.':
    '2つのストリームの、同じウィンドウに入る行を結合します。',
  'Joins rows of two streams whose event times are near each other.':
    '2つのストリームの、イベント時間が近い行を結合します。',
  'Adds to each left row the version of the right row that held at its time.':
    '左の各行に、その時点で有効だった右の行の版を付け加えます。',
  'Adds to each row what a table, from a file or written here, says about it.':
    '各行に、ファイルまたはここに書いた表の内容を付け加えます。',
  'Finds sequences of records: one row for each match (MATCH_RECOGNIZE).':
    'レコードの並びを見つけ、一致ごとに1行を出します（MATCH_RECOGNIZE）。',
  'Runs JavaScript on each record, with state for each key.':
    '各レコードでJavaScriptを実行します。キーごとに状態を持てます。',
  'Shows the last records in the studio.': '直近のレコードを画面に表示します。',
  'Draws records as lines or bars in the studio.': 'レコードを折れ線や棒で画面に描きます。',
  'Writes records to files of a folder.': 'レコードをフォルダー内のファイルに書き込みます。',
  'Counts records and drops them.': 'レコードを数えて捨てます。',

  in: '入力',
  out: '出力',
  errors: 'エラー',
  late: '遅延',
  else: 'その他',
  left: '左',
  right: '右',
  'late left': '左の遅延',
  'late right': '右の遅延',
};
