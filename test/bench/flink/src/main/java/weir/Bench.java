package weir;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Map;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;

/**
 * {@code Bench <query> <reuse> <events> <repeats> <bids.ndjson or ->}: one query in this JVM with a local cluster of one slot, near-default
 * settings, heap state, no checkpoints. Prints one line of JSON: CPU ns an event of the whole JVM by run, what a job of one
 * event costs taken off; and the rows of the result.
 */
public final class Bench {
  private static final String WATERMARK = "WATERMARK FOR `dateTime` AS `dateTime` - INTERVAL '4' SECOND";
  private static final Map<String, String> QUERIES =
      Map.of(
          "q0", "SELECT auction, bidder, price, `dateTime`, extra FROM bid",
          "q1", "SELECT auction, bidder, 0.908e0 * price AS price, `dateTime`, extra FROM bid",
          "q2", "SELECT auction, price FROM bid WHERE MOD(auction, 123) = 0",
          "q5",
          "WITH counts AS (SELECT auction, COUNT(*) AS num, window_start, window_end FROM "
              + "TABLE(HOP(TABLE bid, DESCRIPTOR(`dateTime`), INTERVAL '2' SECOND, INTERVAL '10' SECOND)) "
              + "GROUP BY auction, window_start, window_end) "
              + "SELECT c.auction, c.num FROM counts c JOIN (SELECT MAX(num) AS maxn, window_start, window_end "
              + "FROM counts GROUP BY window_start, window_end) m "
              + "ON c.window_start = m.window_start AND c.window_end = m.window_end AND c.num >= m.maxn",
          "q8",
          "SELECT p.id, p.name, p.window_start FROM (SELECT id, name, window_start, window_end FROM "
              + "TABLE(TUMBLE(TABLE person, DESCRIPTOR(`dateTime`), INTERVAL '10' SECOND)) "
              + "GROUP BY id, name, window_start, window_end) p JOIN (SELECT seller, window_start, window_end FROM "
              + "TABLE(TUMBLE(TABLE auction, DESCRIPTOR(`dateTime`), INTERVAL '10' SECOND)) "
              + "GROUP BY seller, window_start, window_end) a "
              + "ON p.id = a.seller AND p.window_start = a.window_start AND p.window_end = a.window_end");
  private static final Map<String, String> SINKS =
      Map.of(
          "q0", "auction BIGINT, bidder BIGINT, price BIGINT, `dateTime` TIMESTAMP(3), extra STRING",
          "q1", "auction BIGINT, bidder BIGINT, price DOUBLE, `dateTime` TIMESTAMP(3), extra STRING",
          "q2", "auction BIGINT, price BIGINT",
          "q5", "auction BIGINT, num BIGINT",
          "q8", "id BIGINT, name STRING, starttime TIMESTAMP(3)");

  public static void main(String[] args) throws Exception {
    String query = args[0];
    int events = Integer.parseInt(args[2]);
    int repeats = Integer.parseInt(args[3]);
    String file = args[4];
    TableEnvironment env = TableEnvironment.create(EnvironmentSettings.inStreamingMode());
    var config = env.getConfig();
    config.set("pipeline.object-reuse", args[1]);
    config.set("parallelism.default", "1");
    config.set("table.exec.resource.default-parallelism", "1");
    if (file.equals("-")) {
      Events.make(events);
      wide(env, "single", 1);
      wide(env, "many", events);
    } else {
      env.executeSql(
          "CREATE TABLE many (auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, url STRING, "
              + "`dateTime` TIMESTAMP(3), extra STRING, "
              + WATERMARK
              + ") WITH ('connector'='filesystem', 'format'='json', 'json.timestamp-format.standard'='ISO-8601', 'path'='"
              + file
              + "')");
      env.executeSql(
          "CREATE TABLE single WITH ('path'='" + file.replace("bids.ndjson", "single.ndjson") + "') LIKE many (OVERWRITING ALL)");
    }
    boolean json = !file.equals("-");
    env.executeSql(
        "CREATE TABLE sink (" + SINKS.get(query) + ") WITH ('connector'='bench')");
    double[] found = new double[repeats];
    long rows = 0;
    run(env, query, "many", json);
    run(env, query, "many", json);
    long base = Long.MAX_VALUE;
    for (int n = 0; n < repeats; n++) {
      long start = cpu();
      run(env, query, "single", json);
      base = Math.min(base, cpu() - start);
    }
    for (int n = 0; n < repeats; n++) {
      long start = cpu();
      rows = run(env, query, "many", json);
      found[n] = (double) (cpu() - start - base) / events;
    }
    System.out.println("{\"rows\":" + rows + ",\"cpuNs\":" + Arrays.toString(found) + "}");
    System.exit(0);
  }

  private static void wide(TableEnvironment env, String name, long events) {
    env.executeSql(
        "CREATE TABLE " + name + " (event_type INT, `dateTime` TIMESTAMP(3), id BIGINT, party BIGINT, price BIGINT, "
            + "text1 STRING, extra STRING, " + WATERMARK + ") WITH ('connector'='bench', 'events'='" + events + "')");
  }

  /** @return rows of the result */
  private static long run(TableEnvironment env, String query, String table, boolean json) throws Exception {
    for (String view : new String[] {"bid", "auction", "person"})
      env.executeSql("DROP TEMPORARY VIEW IF EXISTS " + view);
    if (json) view(env, "bid", "SELECT * FROM " + table);
    else {
      view(env, "bid",
          "SELECT id AS auction, party AS bidder, price, `dateTime`, extra FROM " + table + " WHERE event_type = 2");
      view(env, "auction", "SELECT id, party AS seller, `dateTime` FROM " + table + " WHERE event_type = 1");
      view(env, "person", "SELECT id, text1 AS name, `dateTime` FROM " + table + " WHERE event_type = 0");
    }
    long before = Ends.ROWS.get();
    env.executeSql("INSERT INTO sink " + QUERIES.get(query)).await();
    return Ends.ROWS.get() - before;
  }

  private static void view(TableEnvironment env, String name, String select) {
    env.executeSql("CREATE TEMPORARY VIEW " + name + " AS " + select);
  }

  private static long cpu() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
  }
}
