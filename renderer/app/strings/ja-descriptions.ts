/** What is said of node settings in Japanese, by the English text. */
export const jaDescriptions: Readonly<Record<string, string>> = {
  // Sources
  'A file, a folder or a glob; relative paths start at the .weir file':
    'ファイル、フォルダー、またはグロブ。相対パスは.weirファイルが基準',
  'Where the array of records stands: features for GeoJSON, result.items for nested objects':
    'レコードの配列がある場所。GeoJSONならfeatures、入れ子ならresult.itemsのように指定',
  'Without it the fields of the schema are the columns, in their order':
    'オフの場合、列はスキーマのフィールドと同じ順序',
  'The fields that are read, with their types': '読み取るフィールドとその型',
  'Adds a TIMESTAMP field of this name: when the source took the record in (ingestion time). It can be the event time':
    'この名前のTIMESTAMPフィールドを追加。ソースがレコードを取り込んだ時刻（取り込み時間）で、イベント時間にも使える',
  'The field that says when a record happened': 'レコードの発生時刻を持つフィールド',
  'The watermark stays this far behind the newest event time':
    'ウォーターマークは最新のイベント時間からこれだけ遅れる',
  'A partition without records for this long no longer holds the watermark back':
    'この時間レコードのないパーティションは、ウォーターマークを止めなくなる',
  'Whether the end is the end of time, so that what is open is completed (stop with drain, in Flink); or more may come another day, and what is open stays open':
    'データの終わりを時間の終わりとみなして未発火のものを完了させる（Flinkのstop with drain）か、続きが来る可能性を残して未発火のままにするか',
  'Every partition has its own watermark; the slowest holds back the whole':
    'ウォーターマークはパーティションごとにあり、最も遅いものが全体を決める',
  'Records are read whole, sorted by this, and arrive in that order; equal ones keep their order':
    '全レコードを読み、この値で並べ替えた順に到着させる。等しいものは元の順序のまま',
  'Sorting holds all rows in memory; a file with more ends the run with an error':
    '並べ替えは全行をメモリに置くため、これより多いファイルではエラーで終了',
  '1: as it happened; 3600: an hour a second. By arrival time where given, else by event time':
    '1は実際と同じ速さ、3600は1秒で1時間。到着時刻があればそれ、なければイベント時間による',
  'Waits for what is appended, and for new files of a folder or glob; never ends':
    '追記や、フォルダー・グロブの新しいファイルを待ち続ける',
  'A larger record goes to the errors port without being held in memory':
    'これより大きいレコードは、メモリに置かずエラーポートへ送る',
  'On 127.0.0.1, this machine alone; 0 takes any free port, and the log says which':
    'このマシンの127.0.0.1のみ。0なら空きポートを選び、ログに記録',
  'After unpacking; larger ones are answered with 413': '展開後のサイズ。超えると413を返す',
  'A body that takes longer is cut and answered with 408': 'これより長くかかると打ち切り、408を返す',
  'When the pipeline is slower than the callers, further events are answered with 429':
    'パイプラインが追いつかないとき、これを超えるイベントには429を返す',
  '0.1: one in ten': '0.1なら10件に1件',
  'Ends after this many': 'この件数で終了',
  'An ISO time, or "now": then two runs differ in their times':
    'ISO形式の時刻または「now」。nowの場合、時刻は実行ごとに異なる',
  '0.2: one in five comes late': '0.2なら5件に1件が遅れる',
  'Spread evenly up to this': 'この値まで一様に分布',
  'A partition gives nothing for a while, then all that it held back: its watermark stands still':
    'パーティションがしばらく何も出さず、その後まとめて出す。その間ウォーターマークは止まる',
  'From the start of the run': '実行の開始から',
  'In the order of their arrival; a value that is left out is NULL': '到着順。省いた値はNULL',
  'A whole number is the partition itself; anything else is hashed':
    '整数ならそのパーティション番号、それ以外はハッシュで決定',
  'Records go to them in turns': 'レコードを順番に割り当てる',
  'minute hour day month weekday; with six parts, seconds come first; with seven, years last':
    '分 時 日 月 曜日。6項目なら先頭が秒、7項目なら末尾が年',
  'A name of the IANA database, such as Europe/Berlin': 'Asia/TokyoのようなIANAの名前',
  'An ISO time, or "now": the start of the run. An interval is due then for the first time; a cron expression not before':
    'ISO形式の時刻または「now」（実行の開始）。一定間隔はこの時刻が初回、cron式はこれより前には出さない',
  'Where several are due at once: after a pause, behind a full sink, or with a start that lies in the past':
    '一時停止の後、シンクの詰まり、過去の開始時刻などで、複数の時刻が同時に来たときの扱い',
  'The same in every record': '全レコードで同じ値',

  // Fields and conditions
  'Adds a field, or replaces the field of that name': 'フィールドを追加、または同名のフィールドを置き換え',
  'Where given, every other field of the input is dropped': '指定すると、入力のほかのフィールドは削除',
  'Records for which this is true go on; false and unknown (NULL) end here':
    '真のレコードだけを通す。偽と不明（NULL）は通さない',

  // Windows and aggregates
  'Moves all window starts: -8 h makes days begin at 16:00 UTC':
    'ウィンドウの開始をずらす。-8 hなら1日が16:00 UTCに始まる',
  'A window from the same start for the end of each step, and anew when it is full':
    '同じ開始から刻みごとに区切り、最大に達したら始めから',
  'A session ends when no record came for this long': 'この時間レコードが来ないとセッションが終わる',
  'Records that lie no further apart, for each set of them': '互いにこの範囲内にあるレコードの組ごと',
  'Per key; the last ones where windows overlap': 'キーごと。ウィンドウが重なる場合は直近の件数',
  'Less than the size: windows overlap': '件数より小さいとウィンドウが重なる',
  'Groups every record several ways: one row of results per set, with NULL for the keys that are not in it':
    '各レコードを複数の方法でグループ化。組ごとに結果が1行で、組に含まれないキーはNULL',
  'A field that tells the sets apart, as GROUPING_ID(keys) does: one bit a key, 1 where the key is not in the set; the first key is the highest bit':
    'GROUPING_ID(keys)と同じく組を区別するフィールド。1キー1ビットで、組に含まれないキーが1、先頭のキーが最上位ビット',
  'Left out for count: every record counts': '件数で省略すると全レコードを数える',
  'Each value once, however often it comes': '同じ値は何回来ても1回だけ',
  'FILTER (WHERE …): records for which this is false or unknown do not go into this aggregate':
    'FILTER (WHERE …)。偽または不明のレコードはこの集計に入らない',
  'Of listagg: what stands between two values; a comma where left out':
    'listaggで値の間に入る文字。省略するとカンマ',
  'Of percentile: the share of values below, from 0 (the least) over 0.5 (the median) to 1':
    'パーセンタイルの位置。0が最小、0.5が中央値、1が最大',
  'A fired window takes records this much longer, and fires again for each of them':
    '発火後もこの時間はレコードを受け付け、そのたびに再び発火',
  'When a window fires, beside its end': 'ウィンドウが終わり以外に発火する時期',
  'Results before the window is complete': 'ウィンドウが完了する前の結果',
  'Per key and window, counted from the last firing; 1: at once':
    'キーとウィンドウごとに、前回の発火から数える。1なら即時',
  'By the clock, from the first record since the last firing': '前回の発火後の最初のレコードから、処理時間で',
  'At the full minute, hour, … of the clock, where records came':
    'レコードが来ていれば、処理時間のちょうどの分や時に',
  'When the watermark passes a multiple of this, also where nothing came':
    'ウォーターマークがこの倍数を過ぎたとき。何も来ていなくても発火',
  'When the watermark reaches the end of a window that had records. Accumulating: always; discarding: if records came since the last result':
    'レコードのあったウィンドウの終わりにウォーターマークが達したとき。累積モードでは常に、破棄モードでは前回の結果以降にレコードが来ていれば発火',
  'For records within the allowed lateness': '許容遅延内のレコードについて',
  'What came after the last firing is fired when the window is given up. On where left out':
    '最後の発火より後に来た分を、ウィンドウの破棄時に発火。省略時はオン',
  'What a second firing holds: all records of the window, only those since the last firing, or all of them while the row before is taken back (updating output)':
    '2回目以降の発火の内容。ウィンドウの全レコード、前回の発火以降の分だけ、または前の行を取り消したうえで全レコード（更新あり）',
  'A field with the last instant of the window, its end − 1 ms: Flink’s window_time':
    'ウィンドウの最後の時点（終了 − 1 ms）を持つフィールド。Flinkのwindow_time',
  'Says of each row which firing of its window it is: pane_timing (EARLY, ON_TIME, LATE), pane_index (from 0), pane_first, pane_last':
    '各行がどの発火によるものかを示す。pane_timing（EARLY, ON_TIME, LATE）、pane_index（0から）、pane_first、pane_last',
  'A group that got no record for this long, by the clock, is forgotten and starts anew':
    '処理時間でこの間レコードの来ないグループは破棄し、次は最初から数える',
  'Records that are at most this much older, and all that have the same time':
    'この時間前までのレコードと、同じ時刻の全レコード',
  'This many records before the current one, and the current one': '現在のレコードと、その前のこの件数',
  'A session ends where the next record is this much later, or more':
    '次のレコードがこの時間以上遅いところでセッションが終わる',
  'Whether the watermark alone ends a session, or only the first record of the next one':
    'ウォーターマークだけでセッションを閉じるか、次の最初のレコードを待つか',
  'Of lag and lead: how many records earlier or later': 'lagとleadで何件前または後か',
  'Of lag and lead: what stands where there is no such record': 'lagとleadで該当レコードがないときの値',
  'A partition that got no record for this long, by the clock, is forgotten and starts anew':
    '処理時間でこの間レコードの来ないパーティションは破棄し、次は最初から',

  // Rank, order, gaps
  'The last rank that is given': '出力する最後の順位',
  'Rank 1 comes first in this order; where it ties, what came earlier':
    'この順で最初が1位。同順位では先に来たものが先',
  'Left out: as if NULL were the smallest value (Flink), so first ascending and last descending':
    '省略時はNULLを最小とみなす（Flinkと同じ）。昇順では最初、降順では最後',
  'A group whose kept records have not changed for this long, by the clock, is forgotten and starts anew':
    '処理時間でこの間、残すレコードが変わらないグループは破棄し、次は最初から',
  'The field that says when the window of a record ends; Window and Assign windows call it window_end':
    'レコードのウィンドウの終了を持つフィールド。ウィンドウとウィンドウ割り当てではwindow_end',
  'Left out: window_start where the input has it': '省略時、入力にあればwindow_start',
  'A field for the rank. With it, every record whose rank shifts is sent again; without, only those that come and go':
    '順位のフィールド。指定すると順位の変わった全レコードを送り直し、なければ出入りしたものだけを送る',
  '2 leaves the first out; the same as the last rank gives exactly that one':
    '2なら1位を除く。最後の順位と同じにするとその順位だけ',
  'Of the records with the same values of these fields, one is kept':
    'これらのフィールドの値が同じレコードから1件を残す',
  'A key is forgotten this long after its record was last kept, by the clock, and starts anew':
    '最後にレコードを残してから処理時間でこれだけ経つとキーを破棄し、次は最初から',
  'Only these go on, and each combination of their values once':
    'これらのフィールドだけを、値の組み合わせごとに1回出す',
  'Values that did not come for this long, by the clock, are forgotten and count as new again':
    '処理時間でこの間来なかった値は破棄し、次に来たら新しい値とみなす',
  'Order of records with the same event time; where that ties too, they stay as they came':
    'イベント時間が同じレコードの順序。それも同じなら到着順のまま',
  'Where the next record of a series is further away, records this far apart fill the gap':
    '系列の次のレコードがこれより離れていると、この間隔のレコードで埋める',
  'The field that gets the time of the filling record; its event time is that in any case':
    '補うレコードの時刻を入れるフィールド。イベント時間は常にその時刻',
  'Fields that are not named here are NULL in filling records':
    'ここにないフィールドは、補うレコードではNULL',
  'A gap that needs more stays open: after a long silence, or one wrong time in the far future':
    'これを超える欠測は埋めない。長い無音や、遠い未来の誤った時刻への備え',
  'One output port each, tried from top to bottom': 'それぞれに出力ポートがあり、上から順に試す',
  'The name of the output': '出力の名前',
  'Where the conditions of several routes hold for one record': '複数の条件に合うレコードの扱い',
  'A field of type ARRAY, or an expression that gives one': 'ARRAY型のフィールド、またはそれを返す式',
  'Where the elements are rows: what goes before the names of their fields, as in item_price':
    '要素が行の場合に、そのフィールド名の前に付ける文字。例：item_price',
  'A field with the place of the element in its array, from 1 (WITH ORDINALITY)':
    '配列内の位置を1から示すフィールド（WITH ORDINALITY）',
  'A record with an empty or NULL array ends here, or goes on once with NULL for the element':
    '配列が空またはNULLのレコードを、捨てるか、要素をNULLとして1件出すか',
  'Beside its elements': '要素とともに残す',

  // Joins
  'Rows meet where all these are equal. Without any, every row of one side meets every row of the other, on one thread':
    'すべてが等しい行どうしを結合。指定がなければ、全行の総当たりを1スレッドで行う',
  'A further condition over both rows, which are called left and right':
    '両方の行（leftとright）についての追加の条件',
  'Not written for this long, by the clock, it no longer meets new right rows':
    '処理時間でこの間更新のない左の行は、新しい右の行と結び付かなくなる',
  'Not written for this long, by the clock, it no longer meets new left rows':
    '処理時間でこの間更新のない右の行は、新しい左の行と結び付かなくなる',
  'As = does in SQL; or as IS NOT DISTINCT FROM does': 'SQLの=と同じか、IS NOT DISTINCT FROMと同じか',
  'Stands before the name of a right field that the left side has too':
    '左側にも同名がある、右側のフィールド名の前に付ける文字',
  'The fields of the result; left out, all of the left side and then all of the right':
    '結果のフィールド。省略時は左側すべて、次に右側すべて',
  'Of the rows: both inputs come from windows and have their start and end as fields':
    '「行の値」では、両方の入力がウィンドウの開始と終了をフィールドとして持つ',
  'NOT EXISTS keeps rows with a NULL key; NOT IN keeps a row only if it certainly equals none of its window':
    'NOT EXISTSはキーがNULLの行を残す。NOT INは、同じウィンドウのどれとも確実に異なる行だけを残す',
  'Left, right and full also give rows of that side that met none, when none can come any more':
    '左・右・完全では、相手が来ないと確定した時点で、一致のなかった行も出す',
  'The left event time is at least the right one plus this':
    '左のイベント時間は、右のイベント時間にこの値を足した時刻以降',
  'The left event time is at most the right one plus this':
    '左のイベント時間は、右のイベント時間にこの値を足した時刻以前',
  'Rows are kept this much longer for partners that are late; padded rows wait as long':
    '遅れて来る相手のために、行をこれだけ長く保持。相手のない行の出力も同じだけ待つ',
  "As Flink SQL does; or as Flink's DataStream interval join does, which drops them":
    'Flink SQLと同じか、捨てるFlink DataStreamのインターバル結合と同じか',
  'Of a left, right or full join. At once: a row that meets none when it comes is given with NULL, and again with each partner that comes later':
    '左・右・完全結合での扱い。「すぐに」では、来た時点で一致のない行をNULLとともに出し、後から来た相手ごとに出し直す',
  'Which event time a row of the result carries': '結果の行が持つイベント時間',
  'Left also gives left rows for which there is no version': '「左」では、対応する版のない左の行も出す',
  'Which version of the right row is meant: the one of the left row’s time, or the newest that has come':
    '右の行のどの版を使うか。左の行の時点の版か、届いた中で最新の版か',
  'The row that is looked up has these fields equal': '参照する行は、これらのフィールドが等しい',
  'A right row for which this holds ends the version before it and starts none: a tombstone':
    'これを満たす右の行は前の版を終わらせ、新しい版を始めない（トゥームストーン）',
  'Left also gives rows that the table has nothing for': '「左」では、表に該当のない行も出す',
  'The table itself; a value that is left out is NULL': '表の内容。省いた値はNULL',
  'The table is replaced as a whole when it was read; rows that came before keep what they met':
    '読み終えると表全体を置き換える。それ以前に来た行の結果は変わらない',
  'The table is held in memory; a file with more rows ends the run with an error':
    '表はメモリに置くため、これより行の多いファイルではエラーで終了',
  'What is looked up: all rows of the table with these equal': '参照するのは、これらが等しい表の全行',

  // Patterns and code
  'Rows of each key are matched on their own': 'キーごとに独立して照合',
  'Variables in the order in which their rows must follow each other, with the quantifiers * + ? {n} {n,} {n,m} {,m}; a further ? takes as few rows as possible':
    '行が続くべき順に並べた変数。量指定子は* + ? {n} {n,} {n,m} {,m}で、さらに?を付けると最短一致',
  'What a row must fulfil to be a variable; every row can be a variable that is not defined':
    '行が変数に当てはまる条件。定義のない変数にはどの行も当てはまる',
  'The longest time from the first row of a match to its last, this span itself included':
    '一致の最初の行から最後の行までの最長時間。ちょうどこの長さも含む',
  'Where the next match may begin': '次の一致を始められる位置',
  'The fields of the row that a match gives, behind its keys': '一致が出す行の、キーに続くフィールド',
  'Ways in which the rows of one key may be on the way to one match; more end the run':
    '1つのキーで同時に進行できる照合の数。超えると実行を終了',
  'A function onRecord(record, context), and onTimer(time, context) where timers are set':
    '関数onRecord(record, context)。タイマーを使う場合はonTimer(time, context)も',
  'Records with equal values in these fields share context.state; NULL is a value like any other':
    'これらの値が等しいレコードがcontext.stateを共有。NULLも1つの値として扱う',
  'The fields of the records that it returns': '返すレコードのフィールド',
  'For one batch of records; beyond it the run fails': 'レコード1バッチあたり。超えると実行は失敗',
  'For everything that the script holds, state included; beyond it the run fails':
    '状態を含め、スクリプトが保持するすべて。超えると実行は失敗',

  // Sinks
  'At most 1000': '最大1000',
  'For updating streams: what arrived, or what stands now':
    '更新ありのストリームで、届いた変更か、現在の内容か',
  'A time or number for a line; anything for bars': '折れ線では時刻か数値、棒では任意',
  'One or more numbers': '1つ以上の数値',
  'The newest stay; at most 10000': '新しいものを残す。最大10000',
  'Made where it is missing; relative paths start at the .weir file':
    'なければ作成。相対パスは.weirファイルが基準',
  'Files are called out-0001.ndjson, out-0002.ndjson, …': 'ファイル名はout-0001.ndjson、out-0002.ndjson、…',
  'Rows are visible to others once their file is complete': 'ファイルが完成すると、ほかから行が読める',
  'Counted from the first row of the file': 'ファイルの最初の行から計測',
  'How the updates and deletes of an updating stream are written; needed to connect one':
    '更新ありのストリームの更新と削除の書き方。つなぐには指定が必要',
  'Replaces the files of earlier runs one by one; otherwise numbers go on after the highest':
    '以前の実行のファイルを1つずつ置き換える。オフなら最大の番号の次から',
  'The name of a connection that this machine knows ("weir connections"), or brokers as host:port where they want no password':
    'このマシンに登録された接続の名前（weir connections）。パスワードが不要なブローカーなら host:port でも指定できる',
  'By partition; those that are left out begin at the earliest':
    'パーティションごとに指定。書かなかったものは最古から',
  'Its name, where it is one header': 'ヘッダー1つの場合、その名前',
  'One or several with commas; * stands for any letters: orders-*':
    '1つ、またはカンマ区切りで複数。*は任意の文字列（例：orders-*）',
  'Fields of the key, the timestamp, headers and where the record stands':
    'キー、タイムスタンプ、ヘッダー、レコードの位置を持つフィールド',
  'A run that goes on from a checkpoint begins where that was':
    'チェックポイントから再開する実行は、その位置から始まる',
  'Whether it waits for further records, or ends with the last one that was there when the run began':
    '新しいレコードを待ち続けるか、実行開始時点の末尾で終わるか',
  'Offsets of completed checkpoints are committed to it, for other tools to see how far this is. Partitions are not shared through it':
    '完了したチェックポイントのオフセットをコミットし、ほかのツールから進み具合が見えるようにする。パーティションの分担には使わない',
  'Whether records of transactions that are open or aborted are read, too':
    '未完了または中止されたトランザクションのレコードも読むかどうか',
  'Tombstones say that a key is deleted; a stream of inserts has no row for that':
    'トゥームストーンはキーの削除を表す。追加だけのストリームには対応する行がない',
  'Where the topic dropped what was not read yet (retention). The log says how many are missing':
    'まだ読んでいないレコードがトピックの保持期間を過ぎて消えた場合。件数はログに出る',
  'New partitions, and new topics that fit a *, are read from their beginning':
    '新しいパーティションや*に合う新しいトピックは、先頭から読む',
  'One field: its text; several: a JSON object. Records of a key go to one partition. An updating stream has a key of its own':
    '1つならそのテキスト、複数ならJSONオブジェクト。同じキーのレコードは同じパーティションに入る。更新ストリームは自身のキーを持つ',
  'A field with the number of the partition; otherwise the key decides, as in Java’s client':
    'パーティション番号のフィールド。指定がなければJavaクライアントと同じくキーで決まる',
  'Otherwise the event time of the row, or the time of writing where it has none':
    '指定がなければ行のイベント時間。それもなければ書き込み時刻',
  'Exactly once: transactions that commit with the checkpoint; readers of committed records see rows then. At least once: rows are there at once. Without checkpoints there is only that':
    '正確に1回：チェックポイントとともにコミットするトランザクションで書き、コミット済みだけを読む側にはその時点で見える。少なくとも1回：すぐに見える。チェックポイントがなければこちらになる',
  'What it begins with, where the brokers allow only certain ones. Two runs with the same one fence each other off':
    'ブローカーが特定のIDしか許可しない場合の接頭辞。同じIDの2つの実行は互いを締め出す',
  'After so long without a checkpoint the brokers abort what is open, and the run fails. Must not be above transaction.max.timeout.ms of the brokers':
    'この時間チェックポイントがないと、ブローカーは開いているトランザクションを中止し、実行は失敗する。ブローカーのtransaction.max.timeout.ms以下にする',
  'The name of a connection that this machine knows ("weir connections"), or an AWS region: credentials then come from the AWS SDK’s own chain':
    'このマシンに登録された接続の名前（weir connections）、またはAWSリージョン。リージョンの場合、認証情報はAWS SDKの標準の順序で探す',
  'Fields of the partition key, when the record came into the stream, and where it stands':
    'パーティションキー、ストリームへの到着時刻、レコードの位置を持つフィールド',
  'Whether it waits for further records, or ends when a shard says that nothing is behind':
    '新しいレコードを待ち続けるか、すべてのシャードが末尾に達したら終わるか',
  'Records of a key go to one shard': '同じキーのレコードは同じシャードに入る',
  'A field with a number up to 2^128 − 1 in digits, which decides about the shard in place of the key':
    '2^128−1までの数字を持つフィールド。キーの代わりにシャードを決める',
  'The service may refuse single records of a call. Kept per key: a later record of a key waits for the one before it, so a call holds one record of each key':
    'サービスは呼び出し内の一部のレコードを拒否することがある。「キーごとに維持」では後のレコードが前のレコードを待つため、1回の呼び出しにはキーごとに1件だけ入る',
  'Adds a field to JSON: the number of the row at this sink. Rows that come again after a failure have the same number where the input is in one order, so that a reader can leave them out':
    'JSONにこのシンクでの行番号のフィールドを加える。入力の順序が一定なら、障害後に再び書かれた行も同じ番号になり、読む側で除外できる',
  'Avro and JSON Schema: with the id of a schema before the value, as Confluent’s serializers write it; the connection names the registry':
    'AvroとJSON Schemaでは、Confluentのシリアライザーと同じように、値の前にスキーマのIDが付きます。レジストリは接続で指定します',
  'Avro and JSON Schema: the schema of the rows is registered for the subject TOPIC-value when the run begins, and its id stands before each value; the connection names the registry':
    'AvroとJSON Schemaでは、実行の開始時に行のスキーマをサブジェクト「トピック名-value」に登録し、そのIDを各値の前に書きます。レジストリは接続で指定します',
};
