// rival THREADS BATCH none|outbox: the plain stage's job as one would write it by hand in Go (franz-go, pgx, hamba/avro), tuned.
//
// Guarantee: positions are kept in the transaction of the rows, so state counts once, for one instance: nothing fences a second
// one. With `outbox`, events are rows of the same transaction, and a publisher deletes, sends and commits: at least once.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"strconv"
	"time"

	"github.com/hamba/avro/v2"
	"github.com/jackc/pgx/v5"
	"github.com/twmb/franz-go/pkg/kgo"
)

type Delivery struct {
	Contract   string `avro:"contract"`
	OrderID    string `avro:"order_id"`
	ReceiptID  string `avro:"receipt_id"`
	Clave      string `avro:"clave"`
	Clues      string `avro:"clues"`
	Lot        string `avro:"lot"`
	Expiry     int32  `avro:"expiry"`
	Quantity   int32  `avro:"quantity"`
	UnitPrice  int64  `avro:"unit_price"`
	ReceivedAt int64  `avro:"received_at"`
}
type Accepted struct {
	ReceiptID  string `avro:"receipt_id"`
	Contract   string `avro:"contract"`
	Amount     int64  `avro:"amount"`
	ReceivedAt int64  `avro:"received_at"`
}

var dsn = os.Getenv("RIVAL_DSN")

const up = `insert into delivery select * from unnest($1::text[],$2::text[],$3::text[],$4::text[],$5::text[],$6::text[],$7::int[],$8::int[],$9::bigint[],$10::bigint[])
 on conflict(receipt_id) do update set contract=excluded.contract,order_id=excluded.order_id,clave=excluded.clave,clues=excluded.clues,lot=excluded.lot,expiry=excluded.expiry,quantity=excluded.quantity,unit_price=excluded.unit_price,received_at=excluded.received_at`

func must(e error) {
	if e != nil {
		log.Fatal(e)
	}
}
func worker(id, n, batch int, ob bool) {
	ctx := context.Background()
	sb, e := os.ReadFile(os.Getenv("RIVAL_SCHEMA"))
	must(e)
	in := avro.MustParse(string(sb))
	out := avro.MustParse(`{"type":"record","name":"Accepted","fields":[{"name":"receipt_id","type":"string"},{"name":"contract","type":"string"},{"name":"amount","type":"long"},{"name":"received_at","type":"long"}]}`)
	topic := os.Getenv("RIVAL_TOPIC")
	c, e := pgx.Connect(ctx, dsn)
	must(e)
	offs := map[int32]kgo.Offset{}
	for p := id; p < 4; p += n {
		_, e = c.Exec(ctx, "insert into kafka_offsets values($1,$2,0) on conflict do nothing", topic, p)
		must(e)
		var o int64
		must(c.QueryRow(ctx, "select off from kafka_offsets where topic=$1 and part=$2", topic, p).Scan(&o))
		offs[int32(p)] = kgo.NewOffset().At(o)
	}
	k, e := kgo.NewClient(kgo.SeedBrokers(os.Getenv("RIVAL_BROKERS")), kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{topic: offs}), kgo.FetchIsolationLevel(kgo.ReadCommitted()),
		kgo.FetchMinBytes(65536), kgo.FetchMaxWait(50*time.Millisecond), kgo.FetchMaxPartitionBytes(4<<20))
	must(e)
	var d Delivery
	for {
		fs := k.PollRecords(ctx, batch)
		for _, x := range fs.Errors() {
			log.Fatal(x)
		}
		m := fs.NumRecords()
		if m == 0 {
			continue
		}
		var s [6][]string
		for i := range s {
			s[i] = make([]string, 0, m)
		}
		ex, q, pr, ra := make([]int32, 0, m), make([]int32, 0, m), make([]int64, 0, m), make([]int64, 0, m)
		var ok []string
		var op [][]byte
		last := map[int32]int64{}
		fs.EachRecord(func(r *kgo.Record) {
			if len(r.Value) < 6 || r.Value[0] != 0 {
				log.Fatal("magic")
			}
			must(avro.Unmarshal(in, r.Value[5:], &d))
			s[0], s[1], s[2], s[3], s[4], s[5] = append(s[0], d.ReceiptID), append(s[1], d.Contract), append(s[2], d.OrderID), append(s[3], d.Clave), append(s[4], d.Clues), append(s[5], d.Lot)
			ex, q, pr, ra = append(ex, d.Expiry), append(q, d.Quantity), append(pr, d.UnitPrice), append(ra, d.ReceivedAt)
			if ob {
				b, e := avro.Marshal(out, Accepted{d.ReceiptID, d.Contract, int64(d.Quantity) * d.UnitPrice, d.ReceivedAt})
				must(e)
				ok, op = append(ok, d.Contract), append(op, append([]byte{0, 0, 0, 0, 2}, b...))
			}
			last[r.Partition] = r.Offset + 1
		})
		bt := &pgx.Batch{}
		bt.Queue("begin")
		bt.Queue(up, s[0], s[1], s[2], s[3], s[4], s[5], ex, q, pr, ra)
		if ob {
			bt.Queue("insert into outbox(k,payload) select * from unnest($1::text[],$2::bytea[])", ok, op)
		}
		for p, o := range last {
			bt.Queue("update kafka_offsets set off=$1 where topic=$2 and part=$3", o, topic, p)
		}
		bt.Queue("commit")
		must(c.SendBatch(ctx, bt).Close())
	}
}
func publisher() {
	ctx := context.Background()
	c, e := pgx.Connect(ctx, dsn)
	must(e)
	k, e := kgo.NewClient(kgo.SeedBrokers(os.Getenv("RIVAL_BROKERS")), kgo.DefaultProduceTopic(os.Getenv("RIVAL_OUT_TOPIC")), kgo.RequiredAcks(kgo.AllISRAcks()), kgo.ProducerLinger(5*time.Millisecond), kgo.MaxBufferedRecords(50000), kgo.ProducerBatchCompression(kgo.NoCompression()))
	must(e)
	for {
		tx, e := c.Begin(ctx)
		must(e)
		rows, e := tx.Query(ctx, "with d as (delete from outbox where id = any(array(select id from outbox order by id limit 10000 for update skip locked)) returning id,k,payload) select k,payload from d order by id")
		must(e)
		n := 0
		for rows.Next() {
			var key string
			var v []byte
			must(rows.Scan(&key, &v))
			n++
			k.Produce(ctx, &kgo.Record{Key: []byte(key), Value: v}, func(_ *kgo.Record, e error) { must(e) })
		}
		must(rows.Err())
		must(k.Flush(ctx))
		must(tx.Commit(ctx))
		if n == 0 {
			time.Sleep(20 * time.Millisecond)
		}
	}
}
func main() {
	th, _ := strconv.Atoi(os.Args[1])
	b, _ := strconv.Atoi(os.Args[2])
	ob := os.Args[3] == "outbox"
	for i := 0; i < th; i++ {
		go worker(i, th, b, ob)
	}
	if ob {
		go publisher()
	}
	fmt.Fprintln(os.Stderr, "started")
	select {}
}
