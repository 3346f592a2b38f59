package weir;

import java.util.Random;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;

/** Nexmark's mix in the columns of test/bench/corpus.ts that the queries read, made before anything is timed. */
final class Events {
  private static final long BASE_MS = 1_436_918_400_000L;
  private static final int EVENTS_PER_MS = 10;
  private static GenericRowData[] rows = {};

  private Events() {}

  static void make(int events) {
    rows = new GenericRowData[events];
    Random random = new Random(1);
    StringData[] texts = new StringData[10_004];
    StringData[] urls = new StringData[texts.length];
    for (int c = 0; c < texts.length; c++) {
      texts[c] = StringData.fromString("channel-" + c);
      urls[c] =
          StringData.fromString(
              "https://www.nexmark.com/" + c + "/abc/def/item.htm?query=1&channel_id=" + c);
    }
    for (int n = 0; n < events; n++) {
      int epoch = n / 50;
      int offset = n % 50;
      int text = random.nextInt(texts.length);
      long price = Math.round(Math.pow(10, 6 * random.nextDouble()) * 100);
      int type = offset == 0 ? 0 : offset < 4 ? 1 : 2;
      int lastAuction = epoch * 3 + 2;
      int firstOpen = Math.max(lastAuction - 100, 0);
      int active = Math.min(epoch + 1, 1000);
      long id =
          type == 0
              ? epoch
              : type == 1
                  ? epoch * 3 + offset - 1
                  : random.nextInt(2) > 0
                      ? lastAuction / 100 * 100
                      : firstOpen + random.nextInt(lastAuction - firstOpen + 11);
      long party =
          random.nextInt(4) > 0
              ? epoch / 100 * 100 + (type == 2 ? 1 : 0)
              : epoch + 1 - active + random.nextInt(active + 10);
      GenericRowData row = new GenericRowData(7);
      row.setField(0, type);
      row.setField(1, time(n));
      row.setField(2, 1000 + id);
      row.setField(3, 1000 + party);
      row.setField(4, price);
      row.setField(5, texts[text]);
      row.setField(6, urls[text]);
      rows[n] = row;
    }
  }

  private static TimestampData time(long n) {
    return TimestampData.fromEpochMillis(BASE_MS + n / EVENTS_PER_MS);
  }

  static RowData at(long n) {
    return rows[(int) n];
  }
}
