# shellcheck shell=bash disable=SC2329 # used by what this is put in front of
# Prints the variables of an env file as NAME=VALUE, each closed by a NUL, as EnvironmentFile= takes them: systemd.exec(5)
# and parse_env_file() of systemd. A value may go over several lines, in quotes or by a backslash at the end of a line.
environment_of() { # FILE
  perl -0777 -ne '
    while (/\G(?:[ \t\r\n]|[#;](?:[^\n\\]|\\.)*)*([^=\n]*)(=?)/gcs) {
      my ($name, $equals) = ($1, $2);
      last if $name eq "" && $equals eq "" && pos >= length;
      next unless $equals;
      $name =~ s/\s+$//;
      my ($value, $kept, $plain) = ("", 0, 0);
      /\G[ \t]+/gc;
      while (1) {
        # Quotes count at the beginning of a value, and again behind one that was closed.
        if (!$plain && /\G\x27([^\x27]*)(?:\x27|\z)/gc) { $value .= $1; $kept = length $value }
        elsif (!$plain && /\G"((?:[^"\\]|\\.)*)(?:"|\z)/gcs) { my $text = $1; $text =~ s/\\(["\\`\$]|\n)/$1 eq "\n" ? "" : $1/ge; $value .= $text; $kept = length $value }
        elsif (/\G\\\n/gc) { }
        elsif (/\G\\(.)/gcs) { $plain = 1; $value .= $1; $kept = length $value }
        elsif (/\G([ \t]+)/gc) { $value .= $1 }
        elsif (/\G([^\s\\\x27"]+|[\x27"])/gc) { $plain = 1; $value .= $1; $kept = length $value }
        else { last }
      }
      /\G[^\n]*/gc;
      print "$name=", substr($value, 0, $kept), "\0" if $name =~ /^[A-Za-z_][A-Za-z0-9_]*$/;
    }' "$1"
}
