# shellcheck shell=bash disable=SC2329 # used by what this is put in front of
# Takes PATH PLACE TARGET… as NUL-ended fields: what lies at PATH goes to PLACE, and PATH becomes a link to TARGET.
exchange() {
  # shellcheck disable=SC2016 # perl's variables
  perl -0 -e '
    use strict;
    use File::Path "make_path";
    use File::Basename "dirname";
    my $number = { x86_64 => 316, aarch64 => 276 }->{ (split " ", `uname -m`)[0] };
    chomp(my @fields = <STDIN>);
    while (my ($path, $place, $target) = splice @fields, 0, 3) {
      my $is_link = -l $path && readlink($path) eq $target;
      next if $is_link && (-e $place || -l $place);
      make_path(dirname($place), dirname($path));
      if (!-l $path && !-e $path) {
        # Killed between the two steps of the fallback below; or a runtime directory that is not there yet.
        unlink $place if -l $place && readlink($place) eq $target;
        make_path($place) unless -e $place || -l $place;
        symlink $target, $path or die "$path: $!\n";
        next;
      }
      if ($is_link) { make_path($place); next }
      unlink $place if -l $place;
      # The link is made where the directory is to go, and then the two change places: RENAME_EXCHANGE is 2.
      symlink $target, $place or die "$place: $!\n";
      next if $number && syscall($number, -100, $path, -100, $place, 2) == 0;
      unlink $place;
      rename $path, $place or die "$path: $!\n";
      symlink $target, $path or die "$path: $!\n";
    }'
}
