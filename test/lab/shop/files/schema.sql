CREATE TABLE customers (
  id bigserial PRIMARY KEY,
  name text NOT NULL,
  phone text NOT NULL UNIQUE,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE products (
  id bigserial PRIMARY KEY,
  name text NOT NULL,
  price_ngwee integer NOT NULL CHECK (price_ngwee > 0)
);

CREATE TABLE orders (
  id bigserial PRIMARY KEY,
  customer_id bigint NOT NULL REFERENCES customers,
  status text NOT NULL DEFAULT 'placed',
  placed_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE order_items (
  order_id bigint NOT NULL REFERENCES orders ON DELETE CASCADE,
  product_id bigint NOT NULL REFERENCES products,
  quantity integer NOT NULL CHECK (quantity > 0),
  PRIMARY KEY (order_id, product_id)
);
CREATE INDEX ON order_items (product_id);

CREATE VIEW order_totals AS
  SELECT order_id, sum(price_ngwee * quantity) AS total_ngwee
  FROM order_items JOIN products ON products.id = product_id
  GROUP BY order_id;

INSERT INTO products (name, price_ngwee) VALUES
  ('Chitenge, 2 m', 12000), ('Kapenta, 500 g', 6500), ('Munkoyo roots', 2500), ('Café “Mwabuka” ☕', 8900);

INSERT INTO customers (name, phone, created_at)
  SELECT 'Customer ' || n, '+26097' || lpad(n::text, 7, '0'), '2025-01-01'::timestamptz + n * interval '1 hour'
  FROM generate_series(1, 500) AS n;

INSERT INTO orders (customer_id, placed_at)
  SELECT 1 + n % 500, '2025-02-01'::timestamptz + n * interval '7 minutes'
  FROM generate_series(1, 2000) AS n;

INSERT INTO order_items
  SELECT n, 1 + n % 4, 1 + n % 3 FROM generate_series(1, 2000) AS n;
