// m: ge
// from main.neuro:31
//   ge bool[b, d=64]

struct Params {
  n_64_x_b: i32, // 64*b
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> in0: array<f32>; // x [b, d=64]
@group(0) @binding(2) var<storage, read_write> out0: array<u32>; // y [b, d=64]

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let group = i32(id.x + id.y * groups.x);
  let at = group * 64 + i32(lane);
  if (at >= p.n_64_x_b) { return; }
  let v2 = in0[at];
  let v3 = (v2 >= 0f);
  out0[at] = u32(v3);
}
