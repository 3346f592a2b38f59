package weir;

import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.ProviderContext;
import org.apache.flink.table.connector.sink.DynamicTableSink;
import org.apache.flink.table.connector.sink.SinkV2Provider;
import org.apache.flink.table.connector.source.DataStreamScanProvider;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.connector.source.ScanTableSource;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.factories.DynamicTableSinkFactory;
import org.apache.flink.table.factories.DynamicTableSourceFactory;
import org.apache.flink.table.factories.FactoryUtil;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.types.logical.RowType;

/** Connector 'bench': events that are already in memory, in Flink's own row form, and a sink that counts rows. */
public final class Ends implements DynamicTableSourceFactory, DynamicTableSinkFactory {
  /** Everything runs in this JVM, so the job's operators see them. */
  static final AtomicLong ROWS = new AtomicLong();

  private static final ConfigOption<Long> EVENTS =
      ConfigOptions.key("events").longType().defaultValue(0L);

  @Override
  public String factoryIdentifier() {
    return "bench";
  }

  @Override
  public Set<ConfigOption<?>> requiredOptions() {
    return Set.of();
  }

  @Override
  public Set<ConfigOption<?>> optionalOptions() {
    return Set.of(EVENTS);
  }

  @Override
  public DynamicTableSource createDynamicTableSource(Context context) {
    long events = FactoryUtil.createTableFactoryHelper(this, context).getOptions().get(EVENTS);
    return new Source(events, (RowType) context.getPhysicalRowDataType().getLogicalType());
  }

  @Override
  public DynamicTableSink createDynamicTableSink(Context context) {
    return new Counter();
  }

  record Source(long events, RowType type) implements ScanTableSource {
    @Override
    public ChangelogMode getChangelogMode() {
      return ChangelogMode.insertOnly();
    }

    @Override
    public ScanRuntimeProvider getScanRuntimeProvider(ScanContext context) {
      return new DataStreamScanProvider() {
        @Override
        public DataStream<RowData> produceDataStream(
            ProviderContext provider, StreamExecutionEnvironment env) {
          return env.fromSequence(0, events - 1)
              .map(Events::at)
              .returns(InternalTypeInfo.of(type));
        }

        @Override
        public boolean isBounded() {
          return true;
        }
      };
    }

    @Override
    public DynamicTableSource copy() {
      return this;
    }

    @Override
    public String asSummaryString() {
      return "bench";
    }
  }

  static final class Counter implements DynamicTableSink {
    @Override
    public ChangelogMode getChangelogMode(ChangelogMode requested) {
      return requested;
    }

    @Override
    public SinkRuntimeProvider getSinkRuntimeProvider(Context context) {
      return SinkV2Provider.of(new CountingSink());
    }

    @Override
    public DynamicTableSink copy() {
      return this;
    }

    @Override
    public String asSummaryString() {
      return "bench";
    }
  }

  static final class CountingSink implements Sink<RowData> {
    @Override
    public SinkWriter<RowData> createWriter(WriterInitContext context) {
      return new SinkWriter<>() {
        private long rows;

        @Override
        public void write(RowData row, Context context) {
          rows++;
        }

        @Override
        public void flush(boolean end) {}

        @Override
        public void close() {
          ROWS.addAndGet(rows);
        }
      };
    }
  }
}
