# Creates missing databases and roles, each time the pod starts. DATABASES is their number; DATABASE_0, USERNAME_0 and
# PASSWORD_0 describe the first.
set -eu

export PGHOST=127.0.0.1 PGPORT="${PGPORT:-5432}" PGUSER="${POSTGRES_USER:-postgres}" PGPASSWORD="$POSTGRES_PASSWORD"

# While the image initializes its data folder, its server listens on no address.
until pg_isready -q; do
  sleep 1
done

number=0
while [ "$number" -lt "$DATABASES" ]; do
  eval "database=\$DATABASE_$number username=\$USERNAME_$number password=\$PASSWORD_$number"
  psql -q -d postgres -v ON_ERROR_STOP=1 -v database="$database" -v username="$username" -v password="$password" <<'SQL'
SELECT format('CREATE ROLE %I LOGIN', :'username') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'username') \gexec
SELECT format('ALTER ROLE %I PASSWORD %L', :'username', :'password') \gexec
SELECT format('CREATE DATABASE %I OWNER %I', :'database', :'username')
  WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec
SQL
  number=$((number + 1))
done
